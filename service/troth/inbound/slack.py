"""The way in by a Slack app: its Events API and the buttons of its messages.

The address is the channel, as for every chat: a direct message with the app has one of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from troth.domain.incoming import AddressKind, Incoming
from troth.inbound.hook import Hook, Received, WaySettings
from troth.inbound.proofs.age import check_age, seconds
from troth.inbound.proofs.shared_secret import OneOrTwoSecrets, plain
from troth.inbound.proofs.signatures import check_signature, header, keyed_hex
from troth.inbound.reading.body import posted
from troth.inbound.reading.button import pressed
from troth.inbound.reading.chat_message import chat_message, untapped
from troth.inbound.reading.form import first, read_form
from troth.inbound.reading.json_value import at, id_at, items_at, read_json, words_at

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

    signing_secrets: OneOrTwoSecrets


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
        body = posted(hook)
        told = read_json(first(read_form(body), "payload") or "" if is_form else body)
        if is_form:
            return Received(_presses(told), answer="{}", media="application/json")
        if at(told, "type") == "url_verification":
            return Received(answer=id_at(told, "challenge") or "")
        incoming = read_event(told)
        return Received(() if incoming is None else (incoming,))

    def _verify(self, hook: Hook, now: datetime) -> None:
        stamp = header(hook, "x-slack-request-timestamp")
        check_age(seconds(stamp), now)
        signed = f"{_VERSION}:{stamp}:".encode() + hook.body
        secrets = plain(self._settings.signing_secrets)
        wanted = (f"{_VERSION}={keyed_hex(secret, signed)}" for secret in secrets)
        check_signature((header(hook, "x-slack-signature"),), wanted)


def read_event(told: object) -> Incoming | None:
    """Return the message or the reaction of an event; None for what people did not say to us."""
    event = at(told, "event")
    if at(told, "type") != "event_callback":
        return None
    match at(event, "type"):
        case "message" | "app_mention":
            return _message(event)
        case "reaction_added" | "reaction_removed":
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
    place, number = id_at(event, "item", "channel"), id_at(told, "event_id")
    about, user = id_at(event, "item", "ts"), id_at(event, "user")
    tap = f"{about}:{user}:{name}" if about and user and name in _EMOJI else None
    if at(event, "type") == "reaction_removed":
        return untapped(AddressKind.SLACK, _number(place, number), place, tap)
    return _incoming(place, number, _EMOJI.get(name), tap=tap)


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
    tap: str | None = None,
) -> Incoming | None:
    number = _number(channel, name)
    return chat_message(AddressKind.SLACK, number, channel, text, token, quoted, tap)


def _number(channel: str | None, name: str | None) -> str | None:
    return f"{channel}:{name}" if name else None


def _plain(text: str | None) -> str | None:
    """Return a text without the mention that it begins with, and with Slack's escapes undone."""
    if text is None:
        return None
    if text.startswith("<@"):
        text = text.partition(">")[2].strip()
    for escaped, char in _ESCAPED.items():
        text = text.replace(escaped, char)
    return text
