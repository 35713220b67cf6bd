"""The way in by a Slack app: its Events API and the buttons of its messages.

The address is the channel, as for every chat: a direct message with the app has one of its own.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qs

from pydantic import Field, SecretStr

from troth.domain.incoming import AddressKind, Incoming, normal
from troth.inbound.hook import ForgedError, Hook, Received, UnreadableError, WaySettings, is_same
from troth.inbound.proofs.stamp import is_recent
from troth.inbound.reading.button import pressed
from troth.inbound.reading.json_value import at, id_at, items_at, load_json, words_at

WAY = "slack"
_VERSION = "v0"
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}  # the last for last
# What Slack calls the emoji that people answer with; it hands on their names only.
_EMOJI: Mapping[str, str] = {
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "thumbsdown": "👎",
    "heart": "❤️",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "ok_hand": "👌",
    "raised_hands": "🙌",
    "tada": "🎉",
    "x": "❌",
    "kissing_heart": "😘",
    "heart_eyes": "😍",
    "hugging_face": "🤗",
    "alarm_clock": "⏰",
    "fast_forward": "⏭️",
}


class SlackSettings(WaySettings):
    """A Slack app: its signing secret, or two while it is changed."""

    signing_secrets: tuple[SecretStr, ...] = Field(min_length=1, max_length=2)


class SlackHook:
    """Events and interactions that Slack posts."""

    name: ClassVar[str] = WAY

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read. The challenge of a new address is given back."""
        self._verify(hook, now)
        is_form = hook.headers.get("content-type", "").startswith(
            "application/x-www-form-urlencoded"
        )
        told = _payload(hook.body, is_form=is_form)
        if is_form:
            return Received(_presses(told), answer="{}", media="application/json")
        if at(told, "type") == "url_verification":
            return Received(answer=id_at(told, "challenge") or "")
        incoming = read_event(told)
        return Received(() if incoming is None else (incoming,))

    def _verify(self, hook: Hook, now: datetime) -> None:
        stamp = hook.headers.get("x-slack-request-timestamp", "")
        given = hook.headers.get("x-slack-signature", "")
        if not is_recent(stamp, now):
            raise ForgedError("it was sent too long ago, or at no time")
        signed = f"{_VERSION}:{stamp}:".encode() + hook.body
        known = [
            is_same(given, f"{_VERSION}={_hex(secret.get_secret_value(), signed)}")
            for secret in self._settings.signing_secrets
        ]
        if not any(known):
            raise ForgedError("the signature is not Slack's")


def _hex(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _payload(body: bytes, *, is_form: bool) -> object:
    try:
        if not is_form:
            return load_json(body)
        fields = parse_qs(body.decode(), max_num_fields=16)
        return load_json(fields["payload"][0])
    except (ValueError, KeyError):
        raise UnreadableError("no payload of Slack's") from None


def read_event(told: object) -> Incoming | None:
    """Return the message or the reaction of an event; None for what people did not say to us."""
    event = at(told, "event")
    if at(told, "type") != "event_callback":
        return None
    match at(event, "type"):
        case "message" | "app_mention":
            return _message(event)
        case "reaction_added":
            return _reaction(told, event)
    return None


def _message(event: object) -> Incoming | None:
    """A mention comes twice, as one and as a message: its time in its channel is its name."""
    if at(event, "subtype") is not None or at(event, "bot_id") is not None:
        return None
    return _incoming(id_at(event, "channel"), id_at(event, "ts"), _plain(words_at(event, "text")))


def _reaction(told: object, event: object) -> Incoming | None:
    """Only one to a message of ours: a heart for what the other wrote answers nothing."""
    bots = [id_at(one, "user_id") for one in items_at(told, "authorizations")[:8]]
    if id_at(event, "item_user") not in [bot for bot in bots if bot]:
        return None
    name = (id_at(event, "reaction") or "").partition("::")[0]  # thumbsup::skin-tone-3
    return _incoming(id_at(event, "item", "channel"), id_at(told, "event_id"), _EMOJI.get(name))


def _presses(told: object) -> tuple[Incoming, ...]:
    """Return the press of a button, if that is what an interaction is."""
    actions = items_at(told, "actions")
    if at(told, "type") != "block_actions" or not actions:
        return ()
    text, token = pressed(words_at(actions[0], "value") or "")
    channel = id_at(told, "channel", "id") or id_at(told, "container", "channel_id")
    stamp = id_at(actions[0], "action_ts")
    incoming = _incoming(channel, stamp, text, token, words_at(told, "message", "text"))
    return () if incoming is None else (incoming,)


def _incoming(
    channel: str | None,
    name: str | None,
    text: str | None,
    token: str | None = None,
    quoted: str | None = None,
) -> Incoming | None:
    if channel is None or name is None or not text:
        return None
    return Incoming(
        way=WAY,
        provider_id=f"{channel}:{name}",
        address=normal(AddressKind.SLACK, channel),
        text=text,
        token=token,
        quoted=quoted,
    )


def _plain(text: str | None) -> str | None:
    """Return a text without the mention that it begins with, and with Slack's escapes undone."""
    if text is None:
        return None
    if text.startswith("<@"):
        text = text.partition(">")[2].strip()
    for escaped, char in _ESCAPED.items():
        text = text.replace(escaped, char)
    return text
