"""The way in by a Telegram bot: its long poll, or its webhook.

The address is the chat: a channel of ours writes to a chat, and its answers come from there. In a
group, whoever answers there answers for the partner whose channel the group is.
"""

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from typing import ClassVar

from pydantic import Field, SecretStr

from troth.domain.incoming import AddressKind, Incoming
from troth.inbound.hook import Hook, Received, UnreadableError, WaySettings
from troth.inbound.listener import Take, UnreachableError, hand_over, keep_at, unless_stopped
from troth.inbound.proofs.shared_secret import check_given, plain
from troth.inbound.reading.body import posted
from troth.inbound.reading.button import pressed
from troth.inbound.reading.chat_message import chat_message, untapped
from troth.inbound.reading.json_client import JsonClient
from troth.inbound.reading.json_value import at, id_at, items_at, read_json, words_at

WAY = "telegram"
WANTED = ["message", "message_reaction", "callback_query"]
_PAUSE = 1.0  # seconds after an empty poll, lest a server that does not wait be asked without end


class TelegramSettings(WaySettings):
    """A bot. With `hook_secrets` it is told by webhook (two while they change), else it polls."""

    token: SecretStr
    base_url: str = Field("https://api.telegram.org", pattern=r"^https?://")
    hook_secrets: tuple[SecretStr, ...] = Field((), max_length=2)
    poll: int = Field(25, ge=0, le=50, description="How long one poll waits, in seconds.")

    @property
    def bot(self) -> str:
        """The bot's own id, which is the part of its token that is no secret."""
        return self.token.get_secret_value().partition(":")[0]


class TelegramHook:
    """Updates that Telegram posts."""

    name: ClassVar[str] = WAY

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - nothing tells the time
        """Verify the secret and read one update; a press is answered by the answer itself."""
        given = hook.headers.get("x-telegram-bot-api-secret-token", "")
        check_given((given,), plain(self._settings.hook_secrets))
        update = read_json(posted(hook))
        if id_at(update, "update_id") is None:
            raise UnreadableError("no update")
        incoming = read_update(update, self._settings.bot)
        messages = () if incoming is None else (incoming,)
        query = id_at(update, "callback_query", "id")
        return _answered(query, messages) if query and query.isalnum() else Received(messages)


class TelegramListener:
    """Updates that we poll for.

    An update is confirmed to Telegram by the next poll, after it was taken. Telegram keeps what is
    not confirmed for a day, and so our position too: a number kept here could be beyond those of
    the next updates, which after a week of silence begin anywhere.
    """

    name: ClassVar[str] = WAY

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._api = JsonClient(f"{settings.base_url}/bot{settings.token.get_secret_value()}")
        self._next: int | None = None

    def run(self, take: Take, stopping: threading.Event) -> None:
        """Poll until stopped."""
        with closing(self._api):
            keep_at(self.name, self._turn(take, stopping), stopping)

    def _turn(self, take: Take, stopping: threading.Event) -> Callable[[], None]:
        def turn() -> None:
            updates = unless_stopped(self._poll, stopping)
            for update in updates or ():
                number = at(update, "update_id")
                if not isinstance(number, int):
                    raise UnreachableError
                incoming = read_update(update, self._settings.bot)
                if incoming is not None and not hand_over(incoming, take, stopping):
                    return
                self._next = number + 1
                self._answer_press(update)
            if not updates:
                self._next = None
                stopping.wait(_PAUSE)

        return turn

    def _poll(self) -> list[object]:
        wait = self._settings.poll
        body: dict[str, object] = {"timeout": wait, "allowed_updates": WANTED}
        if self._next is not None:
            body["offset"] = self._next
        return items_at(self._api.post("/getUpdates", body, seconds=wait + 10), "result")

    def _answer_press(self, update: object) -> None:
        """Stop the button's waiting sign. Without this it goes by itself, only later."""
        query = id_at(update, "callback_query", "id")
        if query is not None:
            with suppress(UnreachableError):
                self._api.post("/answerCallbackQuery", {"callback_query_id": query})


def read_update(update: object, bot: str) -> Incoming | None:
    """Return the message, the reaction or the press that an update is; None for all else.

    A reply to somebody else's message in a group is not for us; nor, for nobody says whose message
    it is on, is a reaction there.
    """
    number = id_at(update, "update_id")
    if number is None:
        return None
    provider_id = f"{bot}:{number}"
    message, reaction = at(update, "message"), at(update, "message_reaction")
    if message is not None:
        return _message(message, provider_id, bot)
    if reaction is not None:
        return _reaction(reaction, provider_id)
    return _press(at(update, "callback_query"), provider_id)


def _message(message: object, provider_id: str, bot: str) -> Incoming | None:
    text = _plain(words_at(message, "text") or words_at(message, "caption"))
    replied = at(message, "reply_to_message")
    if at(message, "from", "is_bot") is True:
        return None
    if replied is not None and id_at(replied, "from", "id") not in (bot, None):
        return None
    quoted = words_at(replied, "text") or words_at(replied, "caption")
    return _incoming(message, provider_id, text, quoted=quoted)


def _plain(text: str | None) -> str | None:
    """Return a text, of a command (`/start`, in groups `/done@our_bot`) its word alone."""
    if text is None or not text.startswith("/"):
        return text
    command, blank, rest = text[1:].partition(" ")
    return command.partition("@")[0] + blank + rest


def _reaction(reaction: object, provider_id: str) -> Incoming | None:
    if at(reaction, "chat", "type") != "private":
        return None
    before, after = (_emoji(reaction, key) for key in ("old_reaction", "new_reaction"))
    tap = id_at(reaction, "message_id")
    if before and not after:  # one that is no emoji may have taken its place
        chat = id_at(reaction, "chat", "id")
        return untapped(AddressKind.TELEGRAM, provider_id, chat, tap)
    added = next((emoji for emoji in after if emoji not in before), None)
    return _incoming(reaction, provider_id, added, tap=tap)


def _emoji(reaction: object, key: str) -> list[str]:
    told = (words_at(one, "emoji") for one in items_at(reaction, key)[:16])
    return [emoji for emoji in told if emoji]


def _press(query: object, provider_id: str) -> Incoming | None:
    text, token = pressed(words_at(query, "data") or "")
    message = at(query, "message")
    return _incoming(message, provider_id, text, token, words_at(message, "text"))


def _incoming(
    place: object,
    provider_id: str,
    text: str | None,
    token: str | None = None,
    quoted: str | None = None,
    tap: str | None = None,
) -> Incoming | None:
    chat = id_at(place, "chat", "id")
    return chat_message(AddressKind.TELEGRAM, provider_id, chat, text, token, quoted, tap)


def _answered(query: str, messages: tuple[Incoming, ...]) -> Received:
    """Telegram takes the answer to its request for a call of ours."""
    call = f'{{"method":"answerCallbackQuery","callback_query_id":"{query}"}}'
    return Received(messages, answer=call, media="application/json")
