"""Anything may be sent to a way in: it is refused in so many words, read, or passed over."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tests.inbound import test_slack
from troth.domain.incoming import Incoming
from troth.inbound.discord import DiscordHook, DiscordSettings, read_interaction
from troth.inbound.hook import ForgedError, Hook, HookWay, UnreadableError
from troth.inbound.mqtt import MqttSettings
from troth.inbound.mqtt import read_message as read_mqtt
from troth.inbound.reading.matrix_event import read_event as read_matrix
from troth.inbound.signal_rest import read_envelope
from troth.inbound.slack import SlackHook, SlackSettings
from troth.inbound.slack import read_event as read_slack
from troth.inbound.telegram import TelegramHook, TelegramSettings, read_update

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = SigningKey(bytes(32))
WAYS: list[HookWay] = [
    TelegramHook(TelegramSettings.model_validate({"token": "1:a", "hook_secrets": ["s"]})),
    SlackHook(SlackSettings.model_validate({"signing_secrets": [test_slack.NEW]})),
    DiscordHook(DiscordSettings(public_keys=(KEY.verify_key.encode().hex(),))),
]
# The words that providers use, so that what is made up gets deep into the readers.
KEYS = [
    "update_id",
    "message",
    "message_reaction",
    "callback_query",
    "chat",
    "id",
    "type",
    "text",
    "from",
    "is_bot",
    "data",
    "value",
    "reply_to_message",
    "caption",
    "new_reaction",
    "old_reaction",
    "emoji",
    "event_id",
    "sender",
    "content",
    "msgtype",
    "body",
    "m.relates_to",
    "m.in_reply_to",
    "rel_type",
    "key",
    "envelope",
    "sourceNumber",
    "source",
    "timestamp",
    "dataMessage",
    "quote",
    "reaction",
    "authorNumber",
    "groupInfo",
    "event",
    "channel",
    "ts",
    "subtype",
    "authorizations",
    "user_id",
    "item",
    "item_user",
    "actions",
    "action_ts",
    "container",
    "custom_id",
    "channel_id",
    "options",
    "name",
    "token",
    "action",
]
WORDS = "m.room.message m.reaction m.text private event_callback message reaction_added +1 done:x"
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([*WORDS.split(), "\ud800", "\0", "x" * 600, 10**50])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=25,
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "x-telegram-bot-api-secret-token",
            "x-slack-signature",
            "x-slack-request-timestamp",
            "content-type",
            "x-signature-ed25519",
            "x-signature-timestamp",
        ]
    ),
    st.text(max_size=140) | st.sampled_from(["s", str(int(NOW.timestamp()))]),
)


@given(st.sampled_from(WAYS), st.binary(max_size=300) | JSON.map(json.dumps), HEADERS)
def test_any_bytes_into_any_hook_are_forged_unreadable_or_read(
    way: HookWay, body: bytes | str, headers: dict[str, str]
) -> None:
    raw = body.encode() if isinstance(body, str) else body
    try:
        received = way.read(Hook("POST", "https://troth.example.org/in", "", headers, raw), NOW)
    except (ForgedError, UnreadableError):
        return
    for incoming in received.messages:
        assert_storable(incoming)


@given(JSON)
def test_any_signed_json_into_any_hook_is_unreadable_or_read(told: object) -> None:
    body = json.dumps(told).encode()
    stamp = str(int(NOW.timestamp()))
    signature = KEY.sign(stamp.encode() + body).signature.hex()
    signed = dict(test_slack.signed(body, at=NOW).headers) | {
        "x-signature-timestamp": stamp,
        "x-signature-ed25519": signature,
        "x-telegram-bot-api-secret-token": "s",
    }
    for way in WAYS:
        try:
            way.read(Hook("POST", "", "", signed, body), NOW)
        except UnreadableError:
            continue


@given(JSON, JSON)
def test_any_json_into_a_reader_is_a_message_or_nothing(told: object, related: object) -> None:
    for incoming in (
        read_update(told, "1"),
        read_matrix("!r:x", told, "@us:x", lambda _: related),
        read_envelope(told, "+15550199"),
        read_slack(told),
        read_interaction(told),
        read_mqtt("troth/a/answer", json.dumps(told).encode(), MqttSettings(host="x"), "n"),
    ):
        if incoming is not None:
            assert_storable(incoming)


def assert_storable(incoming: Incoming) -> None:
    assert incoming.text
    parts = [incoming.provider_id, incoming.address.value, incoming.text]
    for part in [*parts, incoming.token or "", incoming.quoted or ""]:
        assert "\0" not in part
        part.encode()
