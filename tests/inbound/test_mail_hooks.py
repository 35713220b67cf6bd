"""Mails by webhook: a genuine one is read, and nothing that is forged, stale or too long."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from sendgrid.helpers.eventwebhook import EventWebhook

from tests.inbound import hooks
from tests.inbound.hooks import NOW, new_key, shown
from tests.inbound.mails import TOKEN, Texts, mail
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.inbound.hook import ForgedError, Hook, HookWay, UnreadableError
from troth.inbound.mailgun import Mailgun, MailgunSettings
from troth.inbound.postmark import Postmark, PostmarkSettings
from troth.inbound.sendgrid import SendGrid, SendGridSettings

ANA = Address(AddressKind.MAIL, "ana@lab.test")
KEY, OTHER_KEY = new_key(), new_key()


@dataclass(frozen=True)
class Provider:
    """One way in, with the present and the coming secret; requests signed with either, or none."""

    way: HookWay
    present: Hook
    coming: Hook
    foreign: Hook
    provider_id: str


def providers() -> dict[str, Provider]:
    keys = (SecretStr("key-1"), SecretStr("key-2"))
    logins = (SecretStr("troth:pw:1"), SecretStr("troth:pw-2"))
    return {
        "mailgun": Provider(
            Mailgun(MailgunSettings(signing_keys=keys)),
            hooks.mailgun("key-1"),
            hooks.mailgun("key-2"),
            hooks.mailgun("key-3"),
            "t" * 50,
        ),
        "postmark": Provider(
            Postmark(PostmarkSettings(logins=logins)),
            hooks.postmark("troth:pw:1"),
            hooks.postmark("troth:pw-2"),
            hooks.postmark("troth:pw-3"),
            "73e6d360-66eb-11e1-8e72-a8904824019b",
        ),
        "sendgrid": Provider(
            SendGrid(SendGridSettings(public_keys=(shown(KEY), shown(OTHER_KEY)))),
            hooks.sendgrid(KEY),
            hooks.sendgrid(OTHER_KEY),
            hooks.sendgrid(new_key()),
            "<answer@lab.test>",
        ),
    }


PROVIDERS = providers()
every_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
MAILGUN, POSTMARK, SENDGRID = (provider.way for provider in PROVIDERS.values())


@every_provider
def test_a_genuine_mail_is_read_signed_with_either_secret_while_they_change(provider):
    wanted = Incoming(provider.way.name, provider.provider_id, ANA, "done", TOKEN)
    assert provider.way.read(provider.present, NOW).messages == (wanted,)
    assert provider.way.read(provider.coming, NOW).messages == (wanted,)


@every_provider
def test_what_another_signed_is_forged(provider):
    with pytest.raises(ForgedError):
        provider.way.read(provider.foreign, NOW)


@every_provider
def test_what_nobody_signed_is_forged(provider):
    with pytest.raises(ForgedError):
        provider.way.read(hooks.hook(b"text=done"), NOW)


@every_provider
def test_a_request_that_comes_again_is_named_the_same_and_so_absorbed(provider):
    first, again = (provider.way.read(provider.present, NOW).messages[0] for _ in range(2))
    assert first.provider_id == again.provider_id


@every_provider
def test_a_secret_is_not_told_by_a_refusal(provider):
    with pytest.raises(ForgedError) as refusal:
        provider.way.read(provider.foreign, NOW)
    assert not any(secret in str(refusal.value) for secret in ("key-", "pw", shown(KEY)))


@pytest.mark.parametrize("late", [timedelta(seconds=301), timedelta(seconds=-301)])
def test_mailgun_is_believed_for_five_minutes(late):
    with pytest.raises(ForgedError):
        MAILGUN.read(hooks.mailgun("key-1"), NOW + late)


def test_mailguns_token_cannot_be_taken_for_another_message():
    stolen = hooks.mailgun("key-1", body_plain="no")
    assert MAILGUN.read(stolen, NOW).messages[0].provider_id == "t" * 50
    with pytest.raises(ForgedError):
        MAILGUN.read(hooks.mailgun("key-1", token="u" * 50, signature="0" * 64), NOW)
    good = hooks.mailgun("key-1")
    with pytest.raises(ForgedError):
        MAILGUN.read(replace(good, body=good.body.replace(b"t" * 50, b"u" * 50)), NOW)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "९९", "9" * 500, "nan"])
def test_a_time_that_is_none_is_forged(timestamp):
    with pytest.raises(ForgedError):
        MAILGUN.read(hooks.mailgun("key-1", timestamp=timestamp), NOW)
    signed = hooks.sendgrid(KEY)
    named = {**signed.headers, "x-twilio-email-event-webhook-timestamp": timestamp}
    with pytest.raises(ForgedError):
        SENDGRID.read(replace(signed, headers=named), NOW)


@pytest.mark.parametrize(("late", "is_good"), [(72, True), (74, False), (-1, False)])
def test_sendgrid_is_believed_as_long_as_it_tries_again(late, is_good):
    then = NOW + timedelta(hours=late)
    if is_good:
        assert SENDGRID.read(hooks.sendgrid(KEY), then).messages
    else:
        with pytest.raises(ForgedError):
            SENDGRID.read(hooks.sendgrid(KEY), then)


@given(st.integers(0, 2_000), st.integers(1, 255))
def test_no_byte_of_what_sendgrid_signed_can_be_changed(place, change):
    good = hooks.sendgrid(KEY)
    body = bytearray(good.body)
    body[place % len(body)] ^= change
    with pytest.raises(ForgedError):
        SENDGRID.read(replace(good, body=bytes(body)), NOW)


def test_sendgrids_line_end_at_the_end_is_signed_too():
    good = hooks.sendgrid(KEY)
    with pytest.raises(ForgedError):
        SENDGRID.read(replace(good, body=good.body.removesuffix(b"\r\n")), NOW)


@pytest.mark.parametrize("key", [KEY, OTHER_KEY])
@pytest.mark.parametrize("tail", [b"", b"x"])
def test_sendgrids_own_verifier_agrees_with_ours(key, tail):
    good = hooks.sendgrid(key)
    sent = replace(good, body=good.body + tail)
    headers = sent.headers
    theirs = EventWebhook(shown(KEY)).verify_signature(
        sent.body.decode(),
        headers["x-twilio-email-event-webhook-signature"],
        headers["x-twilio-email-event-webhook-timestamp"],
    )
    assert theirs == _is_believed(SendGrid(SendGridSettings(public_keys=(shown(KEY),))), sent)


def _is_believed(way: HookWay, sent: Hook) -> bool:
    try:
        return bool(way.read(sent, NOW).messages)
    except ForgedError:
        return False


def test_a_mail_in_its_own_form_is_read_as_one():
    raw = mail(Texts("done")).decode()
    for way, sent in (
        (MAILGUN, hooks.mailgun("key-1", body_mime=raw)),
        (MAILGUN, hooks.mailgun("key-1", multipart=True, body_mime=raw)),
        (SENDGRID, hooks.sendgrid(KEY, email=raw)),
    ):
        (incoming,) = way.read(sent, NOW).messages
        assert (incoming.address, incoming.text, incoming.token) == (ANA, "done", TOKEN)


def test_a_form_in_parts_is_read_and_its_files_are_not():
    (incoming,) = MAILGUN.read(hooks.mailgun("key-1", multipart=True), NOW).messages
    assert (incoming.text, incoming.token) == ("done", TOKEN)


@pytest.mark.parametrize("multipart", [False, True])
def test_words_beyond_ascii_are_read_from_either_form(multipart):
    sent = hooks.mailgun("key-1", multipart=multipart, body_plain="schön ❤️ & 100 %\r\n> stop")
    assert MAILGUN.read(sent, NOW).messages[0].text == "schön ❤️ & 100 %"


def test_a_form_of_very_many_fields_is_refused():
    with pytest.raises(UnreadableError):
        MAILGUN.read(hooks.hook(b"a=b&" * 1_000), NOW)


def test_what_a_strangers_file_holds_is_no_field():
    inner = (
        "--i\r\nContent-Disposition: form-data; name=email\r\n\r\nFrom: eve@lab.test\r\n\r\nno\r\n"
        "--i--"
    )
    named = 'a"; filename="x"\r\nContent-Type: multipart/mixed; boundary=i\r\nX-Rest: "'
    (incoming,) = SENDGRID.read(hooks.sendgrid(KEY, NOW, "utf-8", **{named: inner}), NOW).messages
    assert incoming.address == ANA


def test_sendgrids_texts_are_of_their_own_charsets():
    sent = hooks.sendgrid(KEY, charset="iso-8859-1", text="schön\n")
    assert SENDGRID.read(sent, NOW).messages[0].text == "schön"


@pytest.mark.parametrize("name", ["Auto-Submitted", "List-Id"])
def test_what_no_person_wrote_is_marked(name):
    pairs = [*hooks.HEAD, [name, "auto-replied"]]
    head = "\n".join(f"{one}: {value}" for one, value in pairs)
    listed = [{"Name": one, "Value": value} for one, value in pairs]
    for way, sent in (
        (MAILGUN, hooks.mailgun("key-1", message_headers=json.dumps(pairs))),
        (POSTMARK, hooks.postmark("troth:pw:1", Headers=listed)),
        (SENDGRID, hooks.sendgrid(KEY, headers=head)),
    ):
        assert way.read(sent, NOW).messages[0].is_automatic


LONG = "a long letter " * 80_000
UNREADABLE: dict[str, Callable[[], tuple[HookWay, Hook]]] = {
    "mailgun, too long": lambda: (MAILGUN, hooks.mailgun("key-1", body_plain=LONG)),
    "mailgun, no JSON": lambda: (MAILGUN, hooks.mailgun("key-1", message_headers="[")),
    "mailgun, deep": lambda: (MAILGUN, hooks.mailgun("key-1", message_headers="[" * 99_999)),
    "mailgun, other JSON": lambda: (MAILGUN, hooks.mailgun("key-1", message_headers='{"a":1}')),
    "postmark, too long": lambda: (POSTMARK, hooks.postmark("troth:pw:1", TextBody=LONG)),
    "postmark, no id": lambda: (POSTMARK, hooks.postmark("troth:pw:1", MessageID="")),
    "postmark, no text": lambda: (POSTMARK, hooks.postmark("troth:pw:1", TextBody=[1])),
    "postmark, nobody": lambda: (POSTMARK, hooks.postmark("troth:pw:1", FromFull={"Email": "x"})),
    "sendgrid, too long": lambda: (SENDGRID, hooks.sendgrid(KEY, text=LONG)),
    "sendgrid, no JSON": lambda: (SENDGRID, hooks.sendgrid(KEY, envelope="[")),
    "sendgrid, nobody": lambda: (SENDGRID, hooks.sendgrid(KEY, headers="")),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_is_not_as_its_provider_documents_is_refused_clearly(case):
    way, sent = UNREADABLE[case]()
    with pytest.raises(UnreadableError):
        way.read(sent, NOW)


@every_provider
@given(body=st.binary(max_size=200), value=st.text(max_size=40))
def test_any_request_is_refused_or_read(provider, body, value):
    names = ("authorization", "content-type", *provider.present.headers)
    for headers in (dict.fromkeys(names, value), provider.present.headers):
        try:
            provider.way.read(Hook("POST", "https://x", value, headers, body), NOW)
        except (ForgedError, UnreadableError):
            continue


def test_secrets_that_are_none_are_refused_and_never_shown():
    for make in (
        lambda: PostmarkSettings(logins=(SecretStr("hush"),)),
        lambda: PostmarkSettings(logins=()),
        lambda: MailgunSettings(signing_keys=tuple(map(SecretStr, ("hush", "b", "c")))),
        lambda: SendGridSettings(public_keys=("hush",)),
        lambda: SendGridSettings(public_keys=(shown(ec.generate_private_key(ec.SECP384R1())),)),
    ):
        with pytest.raises(ValidationError) as refusal:
            make()
        assert "hush" not in str(refusal.value)
