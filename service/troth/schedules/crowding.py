"""Whether a couple's own rituals bring a partner more on some day than that partner wants."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from troth.domain.places import Days
from troth.domain.ritual import Ritual, Zones, first_occurrence, occurrence_after

AHEAD = timedelta(weeks=8)
TWICE_A_DAY = frozenset("*,-/")  # what may make a cron's minute or hour mean several


def crowded_day(
    rituals: Sequence[Ritual], zones: Zones, partner: str, days: Days, now: datetime
) -> tuple[date, int] | None:
    """Return the first of the coming days that brings a partner too much, and how much it brings.

    What brings the other's words counts twice, so that an answer never takes an ask's place.
    """
    if sum(each.nudges_each for each in rituals) <= days.most and not any(
        map(_may_come_twice, rituals)
    ):
        return None
    asked: Counter[date] = Counter()
    for due in _asks(rituals, zones, partner, now):
        day = days.day(due)
        crowded = next((each for each in asked if each < day and asked[each] > days.most), None)
        if crowded:
            return crowded, asked[crowded]
        asked = Counter({each: count for each, count in asked.items() if each >= day})
        asked[day] += 1
    return next(((day, count) for day, count in asked.items() if count > days.most), None)


def _may_come_twice(ritual: Ritual) -> bool:
    minute, hour = (ritual.cron or "0 0").split()[:2]
    return bool(TWICE_A_DAY & set(minute + hour))


def _asks(
    rituals: Sequence[Ritual], zones: Zones, partner: str, now: datetime
) -> Iterable[datetime]:
    """Yield when a partner is asked, soonest first."""
    return heapq.merge(*(_of_ritual(ritual, zones, partner, now) for ritual in rituals))


def _of_ritual(ritual: Ritual, zones: Zones, partner: str, now: datetime) -> Iterator[datetime]:
    slot = first_occurrence(ritual, zones, now)
    while slot is not None and slot.starts_at < now + AHEAD:
        yield from [slot.due[partner]] * ritual.nudges_each
        slot = occurrence_after(ritual, zones, slot.minute)
