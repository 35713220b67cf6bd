"""How many unprompted nudges reach a partner on one of their days, and when there is room again."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from troth.domain.quiet import QuietHours
from troth.domain.slots import day_of, instant

MORNING = time(9)  # on their own clock: when what had to wait for a day comes
FARTHEST = 31  # days: so many of them are never full of what waits


@dataclass(frozen=True)
class Days:
    """The days of one partner: their zone, when a day begins, their quiet hours, and the most."""

    zone: ZoneInfo
    starts: time
    quiet: QuietHours | None
    most: int

    def day(self, moment: datetime) -> date:
        """Return the day on which a nudge that is due then leaves: quiet hours may hold it."""
        return day_of(self.leaves_at(moment), self.zone, self.starts)

    def leaves_at(self, moment: datetime) -> datetime:
        """Return when a nudge that is due then may leave, aware UTC."""
        return (self.quiet and self.quiet.over_at(moment, self.zone)) or moment

    def morning(self, day: date) -> datetime:
        """Return when a day's first leave, aware UTC: at nine, or when quiet hours end."""
        return self.leaves_at(instant(datetime.combine(day, MORNING), self.zone))

    def end(self, day: date) -> datetime:
        """Return when a day is over, aware UTC."""
        return instant(datetime.combine(day + timedelta(days=1), self.starts), self.zone)


@dataclass
class Places:
    """What is taken of one partner's days; grows with what is planned within a transaction."""

    days: Days
    taken: Counter[date] = field(default_factory=Counter)

    def left(self, moment: datetime) -> int:
        """Return how many more may leave on the day of an aware moment."""
        return self.days.most - self.taken[self.days.day(moment)]

    def take(self, moment: datetime) -> None:
        """Count one more on the day of an aware moment."""
        self.taken[self.days.day(moment)] += 1

    def take_if_left(self, moment: datetime) -> bool:
        """Count one more if the day of an aware moment has room for it; return whether it has."""
        day = self.days.day(moment)
        has_room = self.taken[day] < self.days.most
        self.taken[day] += has_room
        return has_room

    def take_next(self, moment: datetime, kept: int = 0) -> datetime:
        """Take a place on the day of an aware moment, or else on the next that has one left.

        So many are `kept` that day for what can't wait. Return when: that moment, or that day's
        morning.
        """
        leaves = moment if self.left(moment) > kept else self.room_after(moment)
        self.take(leaves)
        return leaves

    def room_after(self, moment: datetime) -> datetime:
        """Return the first morning after the day of an aware moment that has a place left."""
        day = self.days.day(moment)
        for _ in range(FARTHEST):
            day += timedelta(days=1)
            if self.left(self.days.morning(day)) > 0:
                break
        return self.days.morning(day)
