"""The way in by Signal: a signal-cli-rest-api of the operator's own, which is polled.

It has no password, so it is to be reached over loopback unless the operator says otherwise. What it
hands out it forgets: a message that was read and not recorded when the machine fails is lost. In
its mode `json-rpc` it takes no polls; `normal` and `native` do.
"""

import threading
from contextlib import closing
from typing import ClassVar
from urllib.parse import quote, urlsplit

from pydantic import Field, model_validator

from troth.domain.incoming import Address, AddressKind, Incoming, normal
from troth.inbound.hook import WaySettings
from troth.inbound.listener import Take, UnreachableError, hand_over, keep_at, mark
from troth.inbound.reading.json_client import JsonClient
from troth.inbound.reading.json_value import at, id_at, words_at
from troth.sockets import is_loopback

WAY = "signal"
_PAUSE = 1.0  # seconds after a poll that brought nothing


class SignalSettings(WaySettings):
    """Where signal-cli-rest-api listens, and the number that it is registered with."""

    url: str = Field("http://127.0.0.1:8080", pattern=r"^https?://")
    number: str = Field(pattern=r"^\+[0-9]{5,15}$")
    elsewhere: bool = Field(False, description="Whether `url` may leave this machine.")
    poll: int = Field(5, ge=1, le=30, description="How long one poll waits, in seconds.")

    @model_validator(mode="after")
    def _stays_here(self) -> "SignalSettings":
        if not self.elsewhere and not is_loopback(urlsplit(self.url).hostname or ""):
            raise ValueError(
                "signal-cli-rest-api asks nobody who they are: keep it on 127.0.0.1, or say"
                " `elsewhere = true` if the way to it is guarded"
            )
        return self


class SignalListener:
    """Messages that signal-cli-rest-api hands out.

    A poll is never left alone, for what it brings is told once: a stop waits for it to end.
    """

    name: ClassVar[str] = WAY

    def __init__(self, settings: SignalSettings) -> None:
        self._settings = settings
        self._api = JsonClient(settings.url)
        self._path = f"/v1/receive/{quote(settings.number, safe='')}"

    def run(self, take: Take, stopping: threading.Event) -> None:
        """Poll until stopped."""
        with closing(self._api):
            keep_at(self.name, lambda: self._turn(take, stopping), stopping)

    def _turn(self, take: Take, stopping: threading.Event) -> None:
        query: dict[str, str | int] = {"timeout": self._settings.poll, "ignore_attachments": "true"}
        told = self._api.get(self._path, query, seconds=self._settings.poll + 30)
        if not isinstance(told, list):
            raise UnreachableError
        for one in told:
            incoming = read_envelope(one, self._settings.number)
            if incoming is not None:
                hand_over(incoming, take, stopping)  # the next ones too: they are told only once
        if not told:
            stopping.wait(_PAUSE)


def read_envelope(told: object, own: str) -> Incoming | None:
    """Return the message or the reaction in an envelope; None for all else.

    That is: receipts, what other devices of ours sent, groups (nobody there writes to us alone),
    and reactions to what the writer themselves wrote.
    """
    envelope = at(told, "envelope")
    data = at(envelope, "dataMessage")
    address = _sender(envelope, own)
    stamp = id_at(envelope, "timestamp")
    if address is None or stamp is None or at(data, "groupInfo") is not None:
        return None
    told, number = words_at(data, "message"), mark(address.value, stamp)
    if told:
        return Incoming(WAY, number, address, told, quoted=_quoted(at(data, "quote"), own))
    return _reaction(at(data, "reaction"), own, number, address)


def _sender(envelope: object, own: str) -> Address | None:
    """Return whom it is from: their number, or the id that stands for one they do not show."""
    source = id_at(envelope, "sourceNumber") or id_at(envelope, "source")
    if source is None or source == own:
        return None
    is_number = source.startswith("+")
    return normal(AddressKind.SIGNAL, source) if is_number else Address(AddressKind.SIGNAL, source)


def _reaction(reaction: object, own: str, number: str, address: Address) -> Incoming | None:
    emoji, author = words_at(reaction, "emoji"), id_at(reaction, "targetAuthorNumber")
    if not emoji or author not in (own, None):
        return None
    tap = id_at(reaction, "targetSentTimestamp")
    if at(reaction, "isRemove") is not True:
        return Incoming(WAY, number, address, emoji, tap=tap)
    return Incoming(WAY, number, address, "", tap=tap, is_taken_away=True) if tap else None


def _quoted(quotation: object, own: str) -> str | None:
    is_ours = id_at(quotation, "authorNumber") in (own, None)
    return words_at(quotation, "text") if is_ours else None
