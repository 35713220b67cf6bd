"""Ways in that listen: each asks its provider, or is told by it, for as long as it runs.

Log lines of a listener hold its name, a status and the type of an error: no text, no token and no
address.
"""

import hashlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ClassVar, Protocol, TypeVar

import structlog

from troth.domain.incoming import Incoming

log = structlog.get_logger()
LEAST_WAIT, MOST_WAIT = 1.0, 60.0  # seconds between tries
MOST_ASKED = 900.0  # seconds; a provider may ask for more patience than our own, but not for any
_LOOK_UP = 0.25  # seconds: how soon a stop is seen while an answer is waited for
T = TypeVar("T")

Take = Callable[[Incoming], None]
"""The door. It returns once a message is recorded, or can never be and has stepped aside. It raises
only for a passing trouble of our own: the message is then given again."""


class Memory(Protocol):
    """What a listener keeps over a restart: where it stands in what its provider keeps for it."""

    def get(self, key: str) -> str | None:
        """Return what was set last, or None."""
        ...

    def set(self, key: str, value: str) -> None:
        """Keep a value. It is durable when this returns."""
        ...


class Listener(Protocol):
    """One provider's messages, fetched or pushed over a connection of ours."""

    name: ClassVar[str]

    def run(self, take: Take, stopping: threading.Event) -> None:
        """Give each message that comes to `take`; return soon after `stopping` is set.

        Never raises for what a provider does. Messages may be given twice, with the same
        `provider_id`, and are not lost over an outage where the provider keeps them.
        """
        ...


class UnreachableError(Exception):
    """The provider cannot be reached, or answers what it does not document.

    `status` is the HTTP status, if there was one; `after` the seconds that it asks us to wait.
    """

    def __init__(self, status: int | None = None, after: float | None = None) -> None:
        super().__init__("the provider cannot be reached")
        self.status = status
        self.after = after


class BackOff:
    """The waits between tries: each twice the one before, up to a bound."""

    def __init__(self, least: float = LEAST_WAIT, most: float = MOST_WAIT) -> None:
        self._least, self._most = least, most
        self._next = least

    def over(self) -> None:
        """Start again with the least wait, for it went well."""
        self._next = self._least

    def pause(self, stopping: threading.Event, after: float | None = None) -> bool:
        """Wait, at least `after` seconds if the provider said so; say whether we are to stop."""
        seconds = max(self._next, min(after or 0.0, MOST_ASKED))
        self._next = min(self._next * 2, self._most)
        return stopping.wait(seconds)


def keep_at(
    name: str, turn: Callable[[], None], stopping: threading.Event, back_off: BackOff | None = None
) -> None:
    """Take one turn after the other until stopped. After one that failed, wait before the next."""
    waits = back_off or BackOff()
    while not stopping.is_set():
        try:
            turn()
        except UnreachableError as error:
            log.warning("way.unreachable", way=name, status=error.status)
            waits.pause(stopping, error.after)
        except Exception as error:  # noqa: BLE001 - one way's fault must not end its listening
            log.warning("way.failed", way=name, error=type(error).__name__)
            waits.pause(stopping)
        else:
            waits.over()


def hand_over(incoming: Incoming, take: Take, stopping: threading.Event) -> bool:
    """Give a message to the door until it is taken. False: stopped before that, not taken.

    It is tried once even when we are to stop, for some providers do not keep what they have told.
    """
    waits = BackOff()
    while True:
        try:
            take(incoming)
        except Exception as error:  # noqa: BLE001 - whatever it is, the message must not be lost
            log.warning("message.untaken", way=incoming.way, error=type(error).__name__)
        else:
            return True
        if waits.pause(stopping):
            return False


def unless_stopped(ask: Callable[[], T], stopping: threading.Event) -> T | None:
    """Return what a long question brings, or None once stopped: its answer is then nobody's.

    Only for questions that may be asked again. Raises what `ask` raises.
    """
    future: Future[T] = Future()
    threading.Thread(target=_answer, args=(ask, future), daemon=True).start()
    while not stopping.is_set():
        try:
            return future.result(timeout=_LOOK_UP)
        except TimeoutError:
            if future.done():
                raise
    return None


def _answer(ask: Callable[[], T], future: Future[T]) -> None:
    try:
        future.set_result(ask())
    except Exception as error:  # noqa: BLE001 - raised again where it is waited for
        future.set_exception(error)


def hush(*libraries: str) -> None:
    """Let no log line of these out: they show addresses, stanzas and URLs with tokens."""
    for library in libraries:
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())


def mark(*parts: str) -> str:
    """Return a short name for a message that shows nothing of what it is made from."""
    told = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(told).hexdigest()[:32]
