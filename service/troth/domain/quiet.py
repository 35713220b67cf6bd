"""Quiet hours: the part of a partner's day in which no nudge leaves."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from troth.domain.slots import instant


@dataclass(frozen=True)
class QuietHours:
    """From `start` to `end` in the partner's own wall-clock time; may run over midnight."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours":
        """Read `23:00-07:00`; raises ValueError with the mend."""
        try:
            start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError as error:
            raise ValueError(
                f"'{text}' are no quiet hours; write for example 23:00-07:00"
            ) from error
        if start == end:
            raise ValueError(f"'{text}' is a whole day; a partner who wants silence has STOP")
        return cls(start, end)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def over_at(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet that holds at aware `moment` ends (UTC), or None outside it."""
        local = moment.astimezone(zone).replace(tzinfo=None)
        if not self._covers(local.time()):
            return None
        ends = datetime.combine(local.date(), self.end)
        return instant(ends if ends > local else ends + timedelta(days=1), zone)

    def _covers(self, at: time) -> bool:
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end
