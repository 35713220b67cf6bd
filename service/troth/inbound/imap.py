"""The way in by a mailbox: each new mail is read once, pushed by the server where it can (IDLE).

The mailbox, or a folder of it, should be Troth's own: what was read there is marked as seen. Where
reading goes on is kept by the caller, so nothing that came while we were away is passed over.

This uses the standard library's client and no other. The libraries around it fetch whole mails,
and lose what a server says in one breath with its consent to IDLE.
"""

import imaplib
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import ClassVar, Literal

import structlog
from pydantic import Field, SecretStr, model_validator

from troth.inbound.hook import UnreadableError, WaySettings
from troth.inbound.listener import BackOff, Memory, Take, UnreachableError, hand_over, keep_at, mark
from troth.inbound.mails.imap_idle import wait_for_news
from troth.inbound.mails.mail import LONGEST_MAIL, incoming_mail, read_mail

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PATIENCE = 30.0  # seconds that the server has for each answer
_log = structlog.get_logger()


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

    @classmethod
    def read(cls, written: str) -> "Place":
        """Return the place that `str()` has written."""
        validity, _, uid = written.partition(":")
        return cls(int(validity), int(uid))

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}"


class Imap:
    """One mailbox. Without a place it begins with the next mail that comes."""

    name: ClassVar[str] = "imap"

    def __init__(self, settings: ImapSettings, memory: Memory) -> None:
        self._settings, self._memory = settings, memory
        self._key = f"{self.name}:{mark(settings.host, settings.user, settings.folder)}"

    def run(self, take: Take, stopping: threading.Event) -> None:
        """Read every mail until stopped; outages of the server are waited out."""
        waits = BackOff()
        keep_at(self.name, lambda: self._turn(take, stopping, waits), stopping, waits)

    def _turn(self, take: Take, stopping: threading.Event, waits: BackOff) -> None:
        try:
            with self._connected() as server:
                self._listen(server, take, stopping, waits)
        except (OSError, imaplib.IMAP4.abort):
            raise UnreachableError from None  # their texts hold what the server says

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
        self, server: imaplib.IMAP4, take: Take, stopping: threading.Event, waits: BackOff
    ) -> None:
        # Asked for after the login: before it, many servers do not tell that they can IDLE.
        can_idle = b"IDLE" in b" ".join(_answered(server.capability())).upper().split()
        validity = self._select(server)
        waits.over()
        place = self._place(server, validity, take, stopping)
        while place is not None and not stopping.is_set():
            place = self._catch_up(server, place, take, stopping)
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

    def _place(
        self, server: imaplib.IMAP4, validity: int, take: Take, stopping: threading.Event
    ) -> Place | None:
        """Return the place in this mailbox. One that was made anew is read where unseen.

        None: stopped before all of that was taken.
        """
        kept = self._memory.get(self._key)
        if kept is not None and Place.read(kept).validity == validity:
            return Place.read(kept)
        last = max(_search(server, "UID *"), default=0)
        if kept is not None:
            _log.warning("mailbox.made_anew", way=self.name)
            for uid in _search(server, "UNSEEN"):
                if uid <= last and not self._is_taken(server, uid, take, stopping):
                    return None
        return self._kept(Place(validity, last))

    def _catch_up(
        self, server: imaplib.IMAP4, place: Place, take: Take, stopping: threading.Event
    ) -> Place:
        """Take all that came. A mail of which the server tells meanwhile is told of only once."""
        while not stopping.is_set():
            server.response("EXISTS")  # forgotten: it is found by the search
            found = _search(server, f"UID {place.uid + 1}:*")
            new = [uid for uid in found if uid > place.uid]  # `*` is the last mail, however old
            for uid in new:
                if stopping.is_set() or not self._is_taken(server, uid, take, stopping):
                    return place
                place = self._kept(Place(place.validity, uid))
            if not new and server.response("EXISTS")[1] == [None]:
                break
        return place

    def _kept(self, place: Place) -> Place:
        self._memory.set(self._key, str(place))
        return place

    def _is_taken(
        self, server: imaplib.IMAP4, uid: int, take: Take, stopping: threading.Event
    ) -> bool:
        """Take a mail; what was deleted meanwhile, or is from nobody, needs no taking."""
        raw = _fetch(server, uid)
        if raw is None:
            return True
        try:
            incoming = incoming_mail(read_mail(raw), self.name)
        except UnreadableError:
            _log.warning("message.unreadable", way=self.name)
            return True
        if not hand_over(incoming, take, stopping):
            return False
        _answered(server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))
        return True


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
