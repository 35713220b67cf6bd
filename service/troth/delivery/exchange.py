"""What one send may take of a provider's time and words, and what the provider said by HTTP.

An exchange covers all requests of one send: some plugins log in first, or write to several places.
It travels in a context variable, which threads and greenlets have each of their own.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from troth.clock import SystemClock

if TYPE_CHECKING:
    from troth.delivery.connections import Connections

SEND_SECONDS = 60.0  # for the whole send: half of the lease
LARGEST_ANSWER = 256 * 1024  # bytes, as they come and as they unpack
LONGEST_ASKED = timedelta(hours=1)
_ASKS_FOR_PATIENCE = frozenset({429, 503})


class Exchange:
    """The requests of one send."""

    def __init__(
        self, connections: "Connections | None" = None, seconds: float = SEND_SECONDS
    ) -> None:
        self.connections = connections
        self._ends = time.monotonic() + seconds
        self.status: int | None = None  # of the last request's answer, if one came
        self.after: timedelta | None = None  # what that answer asked for by Retry-After
        self.asked = False  # a request was made at all
        self.may_have_left = False  # one was accepted, or nobody can say whether it was
        self._unanswered = False

    def left(self) -> float:
        """Return the seconds that are left; zero or less when the time is over."""
        return self._ends - time.monotonic()

    def begin(self) -> None:
        """Note that a request is about to be made."""
        self.asked = True
        self._settle()
        self.status = self.after = None

    def leave(self) -> None:
        """Note that its connection stands and its bytes are about to leave."""
        self._unanswered = True

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Note what came back. Gateways can't say whether who stands behind them took it."""
        self.status = status
        self._unanswered = False
        if 200 <= status < 300 or status in (502, 504):
            self.may_have_left = True
        if status in _ASKS_FOR_PATIENCE:
            self.after = retry_after(headers)

    def end(self) -> None:
        """Note that no more requests follow."""
        self._settle()

    def _settle(self) -> None:
        self.may_have_left |= self._unanswered
        self._unanswered = False


_current: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def current_exchange() -> Exchange | None:
    """Return the exchange of the send that is under way here, if one is."""
    return _current.get()


@contextmanager
def exchanging(exchange: Exchange) -> Iterator[Exchange]:
    """Make this the exchange of whatever is requested within."""
    token = _current.set(exchange)
    try:
        yield exchange
    finally:
        _current.reset(token)
        exchange.end()


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds, or a date. At most an hour; None if no wait.

    A date is held against the answer's own Date, so that a clock which is wrong does no harm.
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        wait = timedelta(seconds=int(asked[:9]))
    else:
        until, now = _date(asked), _date(headers.get("Date", ""))
        if until is None:
            return None
        wait = until - (now or SystemClock().now())
    return min(wait, LONGEST_ASKED) if wait > timedelta() else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
