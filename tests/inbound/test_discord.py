"""Answers by Discord's interactions, signed by another library than the one that verifies."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from nacl.signing import SigningKey
from pydantic import ValidationError

from troth.domain.incoming import Address, AddressKind
from troth.inbound.discord import DiscordHook, DiscordSettings
from troth.inbound.hook import ForgedError, Hook, UnreadableError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEW, OLD, OTHER = (SigningKey(bytes([number]) * 32) for number in (1, 2, 3))
KEYS = tuple(key.verify_key.encode().hex() for key in (NEW, OLD))
HOOK = DiscordHook(DiscordSettings(public_keys=KEYS))
TOKEN = "abcdefghijklmnopqrstuvwxyz234567"


def signed(told: object, key: SigningKey = NEW, at: datetime = NOW) -> Hook:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    stamp = str(int(at.timestamp()))
    signature = key.sign(stamp.encode() + body).signature.hex()
    headers = {"x-signature-timestamp": stamp, "x-signature-ed25519": signature}
    return Hook("POST", "https://troth.example.org/in/discord", "", headers, body)


PRESS = {
    "type": 3,
    "id": "846462639134605312",
    "channel_id": "645027906669510667",
    "data": {"component_type": 2, "custom_id": f"done:{TOKEN}"},
    "message": {"content": "Hold each other."},
}


@pytest.mark.parametrize("key", [NEW, OLD])
def test_a_press_is_genuine_by_either_key_while_they_change(key: SigningKey) -> None:
    received = HOOK.read(signed(PRESS, key), NOW)
    (incoming,) = received.messages
    assert incoming.address == Address(AddressKind.DISCORD, "645027906669510667")
    assert (incoming.text, incoming.token) == ("done", TOKEN)
    assert incoming.quoted == "Hold each other."
    assert json.loads(received.answer) == {"type": 6}


def test_a_ping_is_answered_and_a_forged_one_is_not() -> None:
    received = HOOK.read(signed({"type": 1}), NOW)
    assert (json.loads(received.answer), received.messages) == ({"type": 1}, ())
    with pytest.raises(ForgedError):
        HOOK.read(signed({"type": 1}, OTHER), NOW)


def test_a_changed_body_time_or_signature_and_missing_headers_are_forged() -> None:
    genuine = signed(PRESS)
    stamp = str(int(NOW.timestamp()) + 1)
    headers = [
        {**genuine.headers, "x-signature-timestamp": stamp},
        {**genuine.headers, "x-signature-ed25519": "no hex"},
        {**genuine.headers, "x-signature-ed25519": "00"},
        {**genuine.headers, "x-signature-ed25519": "é" * 128},
        {"x-signature-timestamp": genuine.headers["x-signature-timestamp"]},
        {"x-signature-ed25519": genuine.headers["x-signature-ed25519"]},
    ]
    forged = [Hook("POST", "", "", changed, genuine.body) for changed in headers]
    forged.append(Hook("POST", "", "", genuine.headers, genuine.body.replace(b"done", b"skip")))
    for hook in forged:
        with pytest.raises(ForgedError):
            HOOK.read(hook, NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_was_signed_too_long_ago_is_forged(seconds: int) -> None:
    with pytest.raises(ForgedError):
        HOOK.read(signed(PRESS, at=NOW + timedelta(seconds=seconds)), NOW)


def test_the_same_request_again_has_the_same_name() -> None:
    first, again = (HOOK.read(signed(PRESS), NOW).messages for _ in range(2))
    assert first == again


def test_a_command_is_read_as_it_would_be_written() -> None:
    options = [{"name": "time", "type": 3, "value": "30m"}]
    told = {**PRESS, "type": 2, "data": {"name": "later", "options": options}, "message": None}
    received = HOOK.read(signed(told), NOW)
    assert [one.text for one in received.messages] == ["later 30m"]
    assert json.loads(received.answer)["data"]["flags"] == 64


@pytest.mark.parametrize("told", [{**PRESS, "type": 4}, {**PRESS, "channel_id": 1.5}, [], 3])
def test_what_is_no_answer_brings_none(told: object) -> None:
    assert HOOK.read(signed(told), NOW).messages == ()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 50_000])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        HOOK.read(signed(body), NOW)


@pytest.mark.parametrize("keys", [(), ("00",), ("no hex",), (*KEYS, KEYS[0])])
def test_a_key_that_is_none_is_refused_when_it_is_set(keys: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        DiscordSettings(public_keys=keys)
