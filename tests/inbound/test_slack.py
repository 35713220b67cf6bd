"""Answers by Slack: signed as Slack's own library signs."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from troth.domain.incoming import Address, AddressKind
from troth.inbound.hook import ForgedError, Hook, UnreadableError
from troth.inbound.slack import SlackHook, SlackSettings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEW, OLD = "8f742231b10e8888abcd99yyyzzz85a5", "1f742231b10e8888abcd99yyyzzz85a5"
HOOK = SlackHook(SlackSettings.model_validate({"signing_secrets": (NEW, OLD)}))
TOKEN = "abcdefghijklmnopqrstuvwxyz234567"
FORM = "application/x-www-form-urlencoded"


def signed(
    told: object, secret: str = NEW, at: datetime = NOW, media: str = "application/json"
) -> Hook:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    stamp = str(int(at.timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    assert signature is not None
    headers = {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature,
        "content-type": media,
    }
    return Hook("POST", "https://troth.example.org/in/slack", "", headers, body)


def event(**more: object) -> dict[str, object]:
    said = {"type": "message", "channel": "D024BE91L", "user": "U1", "ts": "1.2", "text": "done"}
    return {
        "type": "event_callback",
        "event_id": "Ev1",
        "authorizations": [{"user_id": "UBOT", "is_bot": True}],
        "event": {**said, **more},
    }


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_a_message_is_genuine_by_either_secret_while_they_change(secret: str) -> None:
    (incoming,) = HOOK.read(signed(event(), secret), NOW).messages
    assert incoming.address == Address(AddressKind.SLACK, "D024BE91L")
    assert incoming.text == "done"


def test_a_third_secret_a_changed_body_and_missing_headers_are_forged() -> None:
    genuine = signed(event())
    changed = Hook("POST", genuine.url, "", genuine.headers, genuine.body.replace(b"done", b"skip"))
    later = {**genuine.headers, "x-slack-request-timestamp": str(int(NOW.timestamp()) + 1)}
    forged = [signed(event(), "another"), changed, Hook("POST", "", "", later, genuine.body)]
    for name in genuine.headers:
        fewer = {other: value for other, value in genuine.headers.items() if other != name}
        if name != "content-type":
            forged.append(Hook("POST", genuine.url, "", fewer, genuine.body))
    for hook in forged:
        with pytest.raises(ForgedError):
            HOOK.read(hook, NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_was_signed_too_long_ago_is_forged(seconds: int) -> None:
    with pytest.raises(ForgedError):
        HOOK.read(signed(event(), at=NOW + timedelta(seconds=seconds)), NOW)
    assert HOOK.read(signed(event(), at=NOW + timedelta(seconds=299)), NOW).messages


def test_the_same_request_again_and_a_mention_besides_have_the_same_name() -> None:
    names = {
        HOOK.read(hook, NOW).messages[0].provider_id
        for hook in (
            signed(event()),
            signed(event()),
            signed(event(), at=NOW + timedelta(seconds=9)),
            signed(event(type="app_mention", text="<@UBOT> done")),
        )
    }
    assert len(names) == 1


def test_the_challenge_of_a_new_address_is_given_back() -> None:
    received = HOOK.read(signed({"type": "url_verification", "challenge": "3eZbrw"}), NOW)
    assert (received.answer, received.media, received.messages) == ("3eZbrw", "text/plain", ())


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"type": "member_joined_channel"},
        {"text": ""},
        {"channel": None},
    ],
)
def test_what_no_person_said_is_no_answer(more: dict[str, object]) -> None:
    assert HOOK.read(signed(event(**more)), NOW).messages == ()


def test_a_mention_is_left_out_and_escapes_are_undone() -> None:
    told = event(text="<@UBOT> thanks &lt;3 &amp;amp;")
    assert HOOK.read(signed(told), NOW).messages[0].text == "thanks <3 &amp;"


def test_a_reaction_counts_on_a_message_of_ours_only() -> None:
    item = {"type": "message", "channel": "C1", "ts": "5.5"}
    told = {"type": "reaction_added", "reaction": "+1::skin-tone-2", "item": item}
    (incoming,) = HOOK.read(signed(event(**told, item_user="UBOT")), NOW).messages
    assert (incoming.text, incoming.address.value) == ("👍", "C1")
    for other in ("U2", None):
        assert HOOK.read(signed(event(**told, item_user=other)), NOW).messages == ()


def test_a_reaction_taken_away_names_the_one_that_it_was() -> None:
    item = {"type": "message", "channel": "C1", "ts": "5.5"}
    told = {"reaction": "+1", "item": item, "item_user": "UBOT"}
    (added,) = HOOK.read(signed(event(type="reaction_added", **told)), NOW).messages
    (gone,) = HOOK.read(signed(event(type="reaction_removed", **told)), NOW).messages
    assert added.tap == gone.tap is not None
    assert (gone.is_taken_away, gone.address) == (True, added.address)
    heart = told | {"reaction": "heart"}
    (other,) = HOOK.read(signed(event(type="reaction_removed", **heart)), NOW).messages
    assert other.tap != added.tap


def test_a_button_carries_its_word_and_its_token() -> None:
    action = {"value": f"done:{TOKEN}", "action_ts": "7.7"}
    told = {"type": "block_actions", "channel": {"id": "C1"}, "actions": [action]}
    body = urlencode({"payload": json.dumps(told)}).encode()
    received = HOOK.read(signed(body, media=FORM), NOW)
    (incoming,) = received.messages
    assert (incoming.text, incoming.token) == ("done", TOKEN)
    assert received.media == "application/json"


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 50_000])
def test_what_is_no_payload_is_unreadable(body: bytes) -> None:
    for media in ("application/json", FORM):
        with pytest.raises(UnreadableError):
            HOOK.read(signed(body, media=media), NOW)
