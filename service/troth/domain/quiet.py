"""Quiet hours: the part of a partner's day in which no nudge leaves."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from troth.domain.slots import instant

_CLOCK = r"((?:[01][0-9]|2[0-3]):[0-5][0-9])"  # times with seconds or an offset are none of ours
_HOURS = re.compile(rf"{_CLOCK}\s*-\s*{_CLOCK}")


@dataclass(frozen=True)
class QuietHours:
    """From `start` to `end` in the partner's own wall-clock time; may run over midnight."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours":
        """Read `23:00-07:00`; raises ValueError with the mend."""
        found = _HOURS.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"'{text}' are no quiet hours; write for example 23:00-07:00")
        start, end = (time.fromisoformat(part) for part in found.groups())
        if start == end:
            raise ValueError(f"'{text}' is a whole day; a partner who wants silence has STOP")
        return cls(start, end)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def over_at(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet that holds at aware `moment` ends (UTC), or None outside it.

        Start and end are instants by the rules of slots: in the night the clocks go back the first
        of two equal minutes counts, so that quiet neither breaks off and returns nor ends in the
        past.
        """
        today = moment.astimezone(zone).date()
        over = None
        for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
            starts, ends = self._on(day, zone)
            if starts <= (over or moment) < ends:  # a day that a zone leaves out joins two nights
                over = ends
        return over

    def _on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instants of the quiet that starts on this local date."""
        last = day if self.start < self.end else day + timedelta(days=1)
        return (
            instant(datetime.combine(day, self.start), zone),
            instant(datetime.combine(last, self.end), zone),
        )
