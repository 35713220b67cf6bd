"""The way in by a Discord application: its buttons and commands, as interactions that it posts.

The address is the channel, as for every chat. Plain messages come to none but a bot that keeps a
connection to Discord's gateway: they are not read.
"""

from datetime import datetime
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field, field_validator

from troth.domain.incoming import AddressKind, Incoming
from troth.inbound.hook import Hook, Received, WaySettings
from troth.inbound.proofs.age import check_age, seconds
from troth.inbound.proofs.key_pairs import check_signed, from_hex
from troth.inbound.proofs.signatures import header
from troth.inbound.reading.body import posted
from troth.inbound.reading.button import pressed
from troth.inbound.reading.chat_message import chat_message
from troth.inbound.reading.json_value import at, id_at, items_at, load_json, words_at

WAY = "discord"
PING, COMMAND, COMPONENT = 1, 2, 3
_PONG = '{"type":1}'
_SEEN = '{"type":6}'  # a press: leave the message as it is
_NOTED = '{"type":4,"data":{"content":"✓","flags":64}}'  # a command: shown to its writer only


class DiscordSettings(WaySettings):
    """An application: its public key in hex, or two while it is changed."""

    public_keys: tuple[str, ...] = Field(min_length=1, max_length=2)

    @field_validator("public_keys")
    @classmethod
    def _are_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            try:
                Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            except ValueError:
                raise ValueError("a public key of Discord's is 64 hex digits") from None
        return keys


class DiscordHook:
    """Interactions that Discord posts."""

    name: ClassVar[str] = WAY

    def __init__(self, settings: DiscordSettings) -> None:
        keys = (bytes.fromhex(key) for key in settings.public_keys)
        self._keys = [Ed25519PublicKey.from_public_bytes(key) for key in keys]

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read. Discord tries an address with a PING and with forged ones."""
        self._verify(hook, now)
        told = load_json(posted(hook))
        kind = at(told, "type")
        if kind == PING:
            return Received(answer=_PONG, media="application/json")
        incoming = read_interaction(told)
        answer = _NOTED if kind == COMMAND else _SEEN
        return Received(
            () if incoming is None else (incoming,), answer=answer, media="application/json"
        )

    def _verify(self, hook: Hook, now: datetime) -> None:
        stamp = header(hook, "x-signature-timestamp")
        check_age(seconds(stamp), now)
        signature = from_hex(header(hook, "x-signature-ed25519"))
        check_signed((key.verify for key in self._keys), signature, stamp.encode() + hook.body)


def read_interaction(told: object) -> Incoming | None:
    """Return the press of a button, or a command with its words; None for all else."""
    token: str | None = None
    match at(told, "type"):
        case 3:
            text, token = pressed(words_at(told, "data", "custom_id") or "")
        case 2:
            text = _command(at(told, "data"))
        case _:
            return None
    number, channel = id_at(told, "id"), id_at(told, "channel_id")
    quoted = words_at(told, "message", "content")
    return chat_message(AddressKind.DISCORD, number, channel, text, token, quoted)


def _command(data: object) -> str:
    """Return `/later time:30m` as it would be written: its name, then its words."""
    values = (words_at(option, "value") for option in items_at(data, "options")[:8])
    return " ".join(part for part in (words_at(data, "name"), *values) if part)
