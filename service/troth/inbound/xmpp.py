"""The way in by an XMPP account. Needs the extra `xmpp`.

Messages are taken in the connection's own loop, one after the other: while the door has trouble
nothing more is read, and the server keeps what comes (stream management, offline storage).
"""

import asyncio
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from xml.etree.ElementTree import Element

from pydantic import Field, SecretStr

from troth.clock import Clock, SystemClock
from troth.domain.incoming import Address, AddressKind, Incoming, normal
from troth.inbound.hook import WaySettings
from troth.inbound.listener import BackOff, Take, UnreachableError, hand_over, hush, keep_at, mark
from troth.inbound.reading.chat_message import chat_message, untapped
from troth.inbound.reading.quotation import split_quote
from troth.inbound.reading.storable import storable
from troth.inbound.reading.xmpp_names import Names

if TYPE_CHECKING:
    from slixmpp import ClientXMPP
    from slixmpp.stanza import Message

WAY = "xmpp"
_START_SECONDS = 30.0  # until a session has to stand
_KEEP_SECONDS = 2.0  # for the server to agree to stream management
_LOOK_UP = 0.2  # seconds: how soon a stop is seen
_CLIENT, _REACTIONS = "{jabber:client}", "{urn:xmpp:reactions:0}"
_KINDS = frozenset({"chat", "normal"})


class XmppSettings(WaySettings):
    """An account. Without `host` its server is found by DNS; it always has to speak TLS."""

    jid: str = Field(pattern=r"^[^@/\s]+@[^@/\s]+(/\S+)?$")
    password: SecretStr
    host: str | None = None
    port: int = Field(5222, ge=1, le=65_535)
    direct_tls: bool = Field(False, description="Whether `host` speaks TLS from the first byte.")
    ca_file: Path | None = Field(
        None, description="Whom to trust instead of the usual authorities."
    )


class XmppListener:
    """Messages that people send to our account."""

    name: ClassVar[str] = WAY

    def __init__(self, settings: XmppSettings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._names = Names()

    def run(self, take: Take, stopping: threading.Event) -> None:
        """Stay connected until stopped."""
        waits = BackOff()

        def session() -> None:
            asyncio.run(self._session(take, stopping, waits))

        keep_at(self.name, session, stopping, waits)

    async def _session(self, take: Take, stopping: threading.Event, waits: BackOff) -> None:
        kept, started, lost = asyncio.Event(), asyncio.Event(), asyncio.Event()
        client = self._client()

        def came(stanza: "Message") -> None:
            own, now = client.boundjid.bare, self._clock.now()
            incoming = read_message(stanza.xml, own, self._names, now)
            if incoming is not None and not hand_over(incoming, take, stopping):
                client.abort()  # not taken: it must not be confirmed to the server

        async def begin(_: object) -> None:
            await _begin(client, kept, started, lost)

        client.add_event_handler("session_start", begin)
        for event in ("sm_enabled", "sm_failed"):
            client.add_event_handler(event, lambda _: kept.set())
        client.add_event_handler("message", came)
        for event in ("disconnected", "failed_all_auth", "reconnect_delay"):
            client.add_event_handler(event, lambda _: lost.set())
        client.connect(*self._place())
        try:
            await self._stay(started, lost, stopping, waits)
        finally:
            client.abort() if lost.is_set() else await _leave(client)

    async def _stay(
        self, started: asyncio.Event, lost: asyncio.Event, stopping: threading.Event, waits: BackOff
    ) -> None:
        """Return once stopped; raise UnreachableError when the session is lost or never begins."""
        patience = _START_SECONDS
        while not stopping.is_set():
            if lost.is_set() or patience <= 0:
                raise UnreachableError
            if started.is_set():
                waits.over()
            else:
                patience -= _LOOK_UP
            await asyncio.sleep(_LOOK_UP)

    def _client(self) -> "ClientXMPP":
        from slixmpp import ClientXMPP

        hush("slixmpp")
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file)
        client = ClientXMPP(settings.jid, settings.password.get_secret_value(), ssl_context=context)
        client.enable_plaintext = False
        if settings.host is not None:
            client.enable_direct_tls = settings.direct_tls
            client.enable_starttls = not settings.direct_tls
        # Nobody is told whether we are there: None leaves such questions open.
        client.roster.auto_authorize = None  # type: ignore[assignment]
        client.register_plugin("xep_0198")  # the server keeps what we have not confirmed
        client.register_plugin("xep_0199", {"keepalive": True, "interval": 60, "timeout": 30})
        return client

    def _place(self) -> tuple[str | None, int | None]:
        host = self._settings.host
        return (None, None) if host is None else (host, self._settings.port)


async def _begin(
    client: "ClientXMPP", kept: asyncio.Event, started: asyncio.Event, lost: asyncio.Event
) -> None:
    """Say that we are here, which is when the server hands out what it kept.

    Not before it has agreed to keep what we do not confirm: what it handed out earlier would be
    lost if it were not taken.
    """
    transport = client.transport
    if transport is None or transport.get_extra_info("ssl_object") is None:
        lost.set()  # somebody between took the offer of TLS out
        return
    with suppress(TimeoutError):  # a server that cannot do this
        await asyncio.wait_for(kept.wait(), _KEEP_SECONDS)
    client.send_presence()
    started.set()


async def _leave(client: "ClientXMPP") -> None:
    try:
        await asyncio.wait_for(client.disconnect(wait=1.0), timeout=3)
    except TimeoutError:
        client.abort()


def read_message(stanza: Element, own: str, names: Names, now: datetime) -> Incoming | None:
    """Return the message or reaction that a stanza is; None for all else.

    It may have been delayed on its way. Its sender is a bare address.
    """
    address = normal(AddressKind.XMPP, storable(stanza.get("from", "")[:3_072]))
    if stanza.get("type", "normal") not in _KINDS or "@" not in address.value:
        return None
    if address.value == own.casefold():
        return None
    body = storable(stanza.findtext(f"{_CLIENT}body") or "").strip()
    reactions = stanza.find(f"{_REACTIONS}reactions")
    if body or reactions is None:
        quoted, text = split_quote(body)
        name = names.of(stanza, body, own, now) if text else None
        return chat_message(AddressKind.XMPP, name, address.value, text, quoted=quoted)
    return _reaction(reactions, address, partial(names.of, stanza, own=own, now=now))


def _reaction(reactions: Element, address: Address, name: Callable[..., str]) -> Incoming | None:
    """Read the first emoji of a reaction (XEP-0444), which tells all that are there now."""
    emoji = storable(reactions.findtext(f"{_REACTIONS}reaction") or "").strip()
    about = reactions.get("id")
    tap = mark(about) if about else None
    if emoji:
        return chat_message(AddressKind.XMPP, name(text=emoji), address.value, emoji, tap=tap)
    return untapped(AddressKind.XMPP, name(text=""), address.value, tap)
