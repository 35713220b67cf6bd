"""The way in by a mailbox: each new mail is read once, pushed by the server where it can (IDLE).

The mailbox, or a folder of it, should be Troth's own: what was read there is marked as seen. Where
reading goes on is kept by the caller, so nothing that came while we were away is passed over.

This uses the standard library's client and no other. The libraries around it fetch whole mails,
and lose what a server says in one breath with its consent to IDLE.
"""

import imaplib
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import structlog
from pydantic import Field, SecretStr, model_validator

from troth.domain.incoming import Incoming
from troth.inbound.hook import UnreadableError, WaySettings
from troth.inbound.mails.idle import wait_for_news
from troth.inbound.mails.mail import LONGEST_MAIL, incoming_mail, read_mail

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PATIENCE = 30.0  # seconds that the server has for each answer
_PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds between attempts to reach it
_log = structlog.get_logger("troth.inbound.imap")


class ImapSettings(WaySettings):
    """A mailbox, and how to reach it. `every` is how many seconds pass between looks at it."""

    host: str
    port: int = Field(default=993, ge=1, le=65_535)
    user: str
    password: SecretStr
    folder: str = Field(default="INBOX", min_length=1, pattern=r"^[^\x00-\x1f\"\\\x7f]+$")
    security: Literal["tls", "starttls", "none"] = "tls"
    every: float = Field(default=60, ge=0.1, le=1_500)

    @model_validator(mode="after")
    def _hides_its_password(self) -> "ImapSettings":
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError("without TLS only this machine's own server is spoken to")
        return self


@dataclass(frozen=True)
class Place:
    """How far a mailbox was read: `validity` is its UIDVALIDITY, `uid` the last mail's."""

    validity: int
    uid: int


class Memory(Protocol):
    """Where the place is kept."""

    def get(self) -> Place | None:
        """Return the place, if there is one yet."""
        ...

    def set(self, place: Place) -> None:
        """Keep the place; what was taken up to it must be kept by now, too."""
        ...


class Imap:
    """One mailbox. Without a place it begins with the next mail that comes."""

    name: ClassVar[str] = "imap"

    def __init__(self, settings: ImapSettings, memory: Memory) -> None:
        self._settings, self._memory = settings, memory

    def run(self, take: Callable[[Incoming], None], stopping: threading.Event) -> None:
        """Give every mail to `take` until it is time to stop.

        Outages of the server are waited out. What `take` raises ends this, with the mail not
        marked: it is the first to be taken again.
        """
        failures = 0
        while not stopping.is_set():
            try:
                with self._connected() as server:
                    failures = 0
                    self._listen(server, take, stopping)
            except (OSError, imaplib.IMAP4.error) as error:
                _log.warning("imap.away", error=type(error).__name__, failures=failures)
                stopping.wait(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1

    @contextmanager
    def _connected(self) -> Iterator[imaplib.IMAP4]:
        server = self._open()
        try:
            server.login(self._settings.user, self._settings.password.get_secret_value())
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    def _open(self) -> imaplib.IMAP4:
        host, port = self._settings.host, self._settings.port
        if self._settings.security == "tls":
            context = ssl.create_default_context()
            return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=_PATIENCE)
        server = imaplib.IMAP4(host, port, timeout=_PATIENCE)
        if self._settings.security == "starttls":
            server.starttls(ssl.create_default_context())
        return server

    def _listen(
        self, server: imaplib.IMAP4, take: Callable[[Incoming], None], stopping: threading.Event
    ) -> None:
        # Asked for after the login: before it, many servers do not tell that they can IDLE.
        can_idle = b"IDLE" in b" ".join(_answered(server.capability())).upper().split()
        validity = self._select(server)
        self._find_place(server, validity, take)
        while not stopping.is_set():
            self._catch_up(server, validity, take, stopping)
            if can_idle:
                wait_for_news(server, self._settings.every, stopping)
            else:
                stopping.wait(self._settings.every)

    def _select(self, server: imaplib.IMAP4) -> int:
        _answered(server.select(f'"{self._settings.folder}"'))
        said = server.response("UIDVALIDITY")[1]
        if not said or said[-1] is None:
            raise imaplib.IMAP4.error("the server does not tell UIDVALIDITY")
        return int(said[-1])

    def _find_place(
        self, server: imaplib.IMAP4, validity: int, take: Callable[[Incoming], None]
    ) -> None:
        """Make sure of a place in this mailbox. One that was made anew is read where unseen."""
        place = self._memory.get()
        if place is not None and place.validity == validity:
            return
        last = max(_search(server, "UID *"), default=0)
        if place is not None:
            _log.warning("imap.made_anew")
            for uid in _search(server, "UNSEEN"):
                if uid <= last:
                    self._take(server, uid, take)
        self._memory.set(Place(validity, last))

    def _catch_up(
        self,
        server: imaplib.IMAP4,
        validity: int,
        take: Callable[[Incoming], None],
        stopping: threading.Event,
    ) -> None:
        """Take all that came. A mail of which the server tells meanwhile is told of only once."""
        while not stopping.is_set():
            server.response("EXISTS")  # forgotten: it is found by the search
            found = self._new(server)
            for uid in found:
                if stopping.is_set():
                    return
                self._take(server, uid, take)
                self._memory.set(Place(validity, uid))
            if not found and server.response("EXISTS")[1] == [None]:
                return

    def _new(self, server: imaplib.IMAP4) -> list[int]:
        place = self._memory.get()
        last = place.uid if place else 0
        found = _search(server, f"UID {last + 1}:*")
        return [uid for uid in found if uid > last]  # `*` names the last mail, however old

    def _take(self, server: imaplib.IMAP4, uid: int, take: Callable[[Incoming], None]) -> None:
        raw = _fetch(server, uid)
        if raw is None:  # deleted meanwhile
            return
        try:
            incoming = incoming_mail(read_mail(raw), self.name)
        except UnreadableError:
            _log.warning("imap.unreadable", uid=uid)
            return
        take(incoming)
        _answered(server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))


def _search(server: imaplib.IMAP4, criteria: str) -> list[int]:
    found = _answered(server.uid("SEARCH", criteria))
    return sorted(int(uid) for line in found for uid in line.split() if uid.isdigit())


def _fetch(server: imaplib.IMAP4, uid: int) -> bytes | None:
    """Return as much of a mail as is ever read, without marking it as seen."""
    said = server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LONGEST_MAIL}>)")
    literals = (piece[1] for piece in _pieces(said) if isinstance(piece, tuple))
    return next((bytes(literal) for literal in literals), None)


def _pieces(said: tuple[str, Sequence[object]]) -> Sequence[object]:
    status, pieces = said
    if status != "OK":
        raise imaplib.IMAP4.error("the server refuses")
    return pieces


def _answered(said: tuple[str, Sequence[object]]) -> list[bytes]:
    """Return the lines of an answer; raises IMAP4.error where it is a refusal."""
    return [piece for piece in _pieces(said) if isinstance(piece, bytes)]
