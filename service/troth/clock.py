"""The only place that reads the time. Everything else takes `now`, aware UTC, as an argument."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is wound on."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return where the clock stands, aware UTC."""
        return self._now

    def wind(self, by: timedelta) -> datetime:
        """Move on by `by` and return the new moment."""
        self._now += by
        return self._now

    def wind_to(self, moment: datetime) -> datetime:
        """Move to an aware moment and return it as UTC."""
        self._now = moment.astimezone(UTC)
        return self._now
