"""What each provider says in its own words: other kinds of messages, and what is no message."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import jwt
import pytest
from plivo.utils import validate_signature
from pydantic import SecretStr, ValidationError

from tests.inbound.case import NEW, OLD, OTHER, URL, Message, Seal
from tests.inbound.cases import messagebird, plivo, standard_webhook, telnyx, twilio, vonage
from troth.domain.incoming import Address, AddressKind
from troth.inbound.fortysix_elks import FortysixElks, FortysixElksSettings
from troth.inbound.hook import ForgedError, Hook, Received, UnreadableError
from troth.inbound.plivo import Plivo, PlivoSettings
from troth.inbound.proofs.signatures import keyed_hash
from troth.inbound.sinch import Sinch, SinchSettings
from troth.inbound.standard_webhook import StandardWebhookSettings
from troth.inbound.telnyx import TelnyxSettings
from troth.inbound.vonage import Vonage, VonageSettings

NOW = datetime.now(UTC).replace(microsecond=0)
SEAL = Seal(NEW, NOW)


def by_twilio(**fields: str) -> Received:
    body = urlencode({**twilio.fields(Message()), **fields}).encode()
    return twilio.way(NEW).read(twilio.sign(body, SEAL), NOW)


def by_vonage(**fields: object) -> Received:
    body = json.dumps({**vonage.fields(Message()), **fields}).encode()
    return vonage.way(NEW).read(vonage.sign(body, SEAL), NOW)


def by_sinch(**fields: object) -> Received:
    way = Sinch(SinchSettings(secret=SecretStr(NEW)))
    body = json.dumps({"id": "1", "from": "15550100", **fields}).encode()
    return way.read(replace(twilio.sign(body, SEAL), query=f"secret={NEW}"), NOW)


def token_of(claims: dict[str, object], algorithm: str | None = "HS256") -> str:
    """Return a token as no library would make it, signed well all the same."""
    parts = (json.dumps(part).encode() for part in ({"alg": algorithm}, claims))
    signed = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    signature = keyed_hash(NEW, signed, hashlib.sha256).translate(str.maketrans("+/", "-_"))
    return f"{signed}.{signature.rstrip('=')}"


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("whatsapp:+15550100", AddressKind.WHATSAPP),
        ("rcs:+15550100", AddressKind.PHONE),
        ("+15550100", AddressKind.PHONE),
    ],
)
def test_twilio_says_by_what_a_number_wrote(written, kind):
    (message,) = by_twilio(From=written).messages
    assert message.address == Address(kind, "+15550100")


def test_an_address_of_a_kind_that_nobody_has_here_is_unreadable():
    with pytest.raises(UnreadableError):
        by_twilio(From="messenger:1234567")
    with pytest.raises(UnreadableError):
        by_vonage(channel="viber_service")


@pytest.mark.parametrize("word", ["STOP", "START", "HELP"])
def test_what_twilio_took_for_an_opt_out_counts_as_its_word(word):
    (message,) = by_twilio(OptOutType=word, Body="please no more").messages
    assert message.text == word


def test_a_tapped_button_says_what_stands_on_it():
    (by_button,) = by_twilio(Body="", ButtonText="Done").messages
    assert by_button.text == "Done"
    (chosen,) = by_vonage(message_type="reply", text=None, reply={"title": "Later"}).messages
    (tapped,) = by_vonage(message_type="button", text=None, button={"text": "No"}).messages
    assert (chosen.text, tapped.text) == ("Later", "No")


def test_what_became_of_a_message_of_ours_is_none_of_theirs():
    assert by_twilio(MessageStatus="delivered") == Received()
    assert by_vonage(status="delivered") == Received(status=200)  # or it comes again
    assert by_sinch(type="recipient_delivery_report_sms") == Received()
    report = urlencode({"MessageUUID": "1", "From": "1555", "Status": "sent"}).encode()
    assert plivo.way(NEW).read(plivo.sign(report, SEAL), NOW) == Received()
    report = urlencode({"id": "1", "recipient": "15550100", "status": "sent"}).encode()
    assert messagebird.way(NEW).read(messagebird.sign(report, SEAL), NOW) == Received()
    told = json.dumps({"data": {"event_type": "message.finalized"}}).encode()
    assert telnyx.way(NEW).read(telnyx.sign(told, SEAL), NOW) == Received()


def test_what_became_of_messages_at_46elks_is_none_of_theirs():
    way = FortysixElks(FortysixElksSettings(secret=SecretStr(NEW)))
    body = urlencode({"id": "1", "status": "delivered"}).encode()
    assert way.read(Hook("POST", URL, f"secret={NEW}", {}, body), NOW) == Received()


def test_a_field_that_comes_twice_is_signed_twice():
    body = urlencode([*twilio.fields(Message()).items(), ("Tag", "b"), ("Tag", "a")]).encode()
    assert twilio.way(NEW).read(twilio.sign(body, SEAL), NOW).messages
    body = urlencode([*plivo.fields(Message()).items(), ("Tag", "b"), ("Tag", "a")]).encode()
    assert plivo.way(NEW).read(plivo.sign(body, SEAL), NOW).messages


def test_a_form_with_more_fields_than_anybody_needs_is_unreadable():
    assert by_twilio(**{f"Field{number}": "" for number in range(400)}).messages
    with pytest.raises(UnreadableError):
        by_twilio(**{f"Field{number}": "" for number in range(600)})


def test_what_no_database_takes_is_left_out_of_a_text():
    (message,) = by_vonage(text="do\x00ne \ud83d").messages
    assert message.text == "done ?"


@pytest.mark.parametrize("url", [f"{URL}?b=2&a=1", URL])
@pytest.mark.parametrize("case", [twilio, plivo])
def test_the_query_of_our_address_is_signed_as_well(case, url):
    hook = case.sign(case.CASE.body(Message()), SEAL, url)
    assert case.way(NEW).read(hook, NOW).messages
    with pytest.raises(ForgedError):
        case.way(NEW).read(replace(hook, query="b=2&a=3"), NOW)


@pytest.mark.parametrize(("ours", "theirs"), [("", ":443"), (":443", "")])
def test_twilio_may_sign_our_port_or_leave_it_out(ours, theirs):
    url = URL.replace(".org", ".org{}")
    hook = twilio.sign(twilio.CASE.body(Message()), SEAL, url.format(theirs))
    assert twilio.way(NEW).read(replace(hook, url=url.format(ours)), NOW).messages


def test_twilio_may_sign_with_a_shared_key_and_sha256():
    hook = twilio.sign(twilio.CASE.body(Message()), SEAL, algorithm="HMAC_SHA256")
    said = {"x-twilio-webhooks-signature-settings": "key=k1,algorithm=HMAC_SHA256"}
    assert twilio.way(NEW).read(replace(hook, headers={**hook.headers, **said}), NOW).messages
    with pytest.raises(ForgedError):
        twilio.way(NEW).read(hook, NOW)


def test_plivos_older_signature_is_taken_unless_it_is_refused():
    body = plivo.CASE.body(Message())
    signature = keyed_hash(NEW, URL + "once", hashlib.sha256)
    assert validate_signature(URL, "once", signature, NEW)
    headers = {"x-plivo-signature-v2": signature, "x-plivo-signature-v2-nonce": "once"}
    hook = replace(plivo.sign(body, SEAL), headers=headers)
    assert Plivo(PlivoSettings(secret=SecretStr(NEW))).read(hook, NOW).messages
    with pytest.raises(ForgedError):
        plivo.way(NEW).read(hook, NOW)
    with pytest.raises(ForgedError):
        Plivo(PlivoSettings(secret=SecretStr(OTHER))).read(hook, NOW)


def test_plivos_older_signature_does_not_save_a_wrong_newer_one():
    hook = plivo.sign(plivo.CASE.body(Message()), SEAL)
    older = {
        "x-plivo-signature-v2": keyed_hash(NEW, URL + "once", hashlib.sha256),
        "x-plivo-signature-v2-nonce": "once",
    }
    tampered = replace(
        hook, headers={**hook.headers, **older}, body=b"Text=nope&From=1555&MessageUUID=1"
    )
    with pytest.raises(ForgedError):
        Plivo(PlivoSettings(secret=SecretStr(NEW))).read(tampered, NOW)


@pytest.mark.parametrize("written", ["9" * 5_000, "9" * 400, "-1", "1e9", "\u0661", "\u00b2", " "])
@pytest.mark.parametrize(
    ("case", "name"), [(telnyx, "telnyx-timestamp"), (standard_webhook, "webhook-timestamp")]
)
def test_a_time_that_is_not_in_seconds_is_forged(case, name, written):
    hook = case.sign(case.CASE.body(Message()), SEAL)
    with pytest.raises(ForgedError):
        case.way(NEW).read(replace(hook, headers={**hook.headers, name: written}), NOW)


@pytest.mark.parametrize("case", [vonage, messagebird])
@pytest.mark.parametrize("made_at", [10**400, float("inf"), float("nan"), True, "1", None, [1]])
def test_a_token_made_at_no_time_is_forged(case, made_at):
    body = case.CASE.body(Message())
    claims = {**case.claims(body, SEAL), "iat": made_at, "nbf": made_at}
    with pytest.raises(ForgedError):
        case.way(NEW).read(case.bearing(token_of(claims), body), NOW)


@pytest.mark.parametrize("case", [vonage, messagebird])
@pytest.mark.parametrize("algorithm", ["HS384", "none", None])
def test_a_token_that_is_signed_well_and_names_another_algorithm_is_forged(case, algorithm):
    body = case.CASE.body(Message())
    claims = case.claims(body, SEAL)
    assert case.way(NEW).read(case.bearing(token_of(claims), body), NOW).messages
    with pytest.raises(ForgedError):
        case.way(NEW).read(case.bearing(token_of(claims, algorithm), body), NOW)


@pytest.mark.parametrize("case", [vonage, messagebird])
@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
def test_a_token_by_an_algorithm_of_its_own_choice_is_forged(case, algorithm):
    body = case.CASE.body(Message())
    secret = "" if algorithm == "none" else NEW + NEW
    token = jwt.encode(case.claims(body, SEAL), secret, algorithm)
    with pytest.raises(ForgedError):
        case.way(NEW + NEW).read(case.bearing(token, body), NOW)


@pytest.mark.parametrize("case", [vonage, messagebird])
def test_each_claim_that_is_missing_makes_a_token_forged(case):
    body = case.CASE.body(Message())
    claims = case.claims(body, SEAL)
    for name in claims.keys() - {"jti"} - ({"iss"} if case is vonage else set()):
        lacking = {one: claims[one] for one in claims if one != name}
        with pytest.raises(ForgedError):
            case.way(NEW).read(case.bearing(jwt.encode(lacking, NEW), body), NOW)


def test_a_token_that_is_over_is_forged():
    body = messagebird.CASE.body(Message())
    claims = {**messagebird.claims(body, SEAL), "exp": int(NOW.timestamp())}
    with pytest.raises(ForgedError):
        messagebird.way(NEW).read(messagebird.bearing(jwt.encode(claims, NEW), body), NOW)


def test_messagebirds_forms_are_read_as_its_json_is():
    body = urlencode({"id": "1", "originator": "15550100", "body": "done"}).encode()
    (message,) = messagebird.way(NEW).read(messagebird.sign(body, SEAL), NOW).messages
    assert (message.text, message.address.value) == ("done", "+15550100")


def test_vonages_tokens_may_be_allowed_to_be_older():
    settings = VonageSettings(secret=SecretStr(NEW), oldest=timedelta(days=1))
    hook = vonage.sign(vonage.CASE.body(Message()), Seal(NEW, NOW - timedelta(hours=23)))
    assert Vonage(settings).read(hook, NOW).messages


def test_sinch_hands_in_the_words_beside_a_picture_and_no_bytes():
    (message,) = by_sinch(type="mo_media", body={"message": "done", "media": []}).messages
    assert message.text == "done"
    assert by_sinch(type="mo_binary", body="AAEC") == Received()


def test_a_program_of_ones_own_may_hand_on_the_token_of_a_button():
    body = json.dumps({"from": "+15550100", "text": "DONE", "token": "abc"}).encode()
    (message,) = standard_webhook.way(NEW).read(standard_webhook.sign(body, SEAL), NOW).messages
    assert message.token == "abc"


def test_a_secret_that_is_too_short_or_none_is_refused_when_it_is_set():
    short = base64.b64encode(b"x" * 23).decode()
    for settings, secret in [
        (SinchSettings, "fifteen-letters"),
        (PlivoSettings, ""),
        (StandardWebhookSettings, f"whsec_{short}"),
    ]:
        for fields in (
            {"secret": secret},
            {"secret": standard_webhook.key(OLD), "previous": secret},
        ):
            with pytest.raises(ValidationError) as refused:
                settings(**fields)
            assert not secret or secret not in str(refused.value)
    with pytest.raises(ValidationError):
        TelnyxSettings(public_key="bm90IGEga2V5")
