"""Whether a couple's own rituals bring a partner more on some day than that partner wants."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from troth.domain.places import Days
from troth.domain.ritual import Ritual, Zones, first_occurrence, occurrence_after

AHEAD = timedelta(weeks=8)
TWICE_A_DAY = frozenset("*,-/")  # what may make a cron's minute or hour mean several


def crowded_day(
    rituals: Sequence[Ritual], zones: Zones, partner: str, days: Days, now: datetime
) -> tuple[date, int] | None:
    """Return the fullest of the coming days, if it brings a partner too much, and how much.

    What brings the other's words counts twice, so that an answer never takes an ask's place.
    """
    if sum(each.nudges_each for each in rituals) <= days.most and not any(
        map(_may_come_twice, rituals)
    ):
        return None
    brought: Counter[date] = Counter()
    for ritual in rituals:
        for due in _asks(ritual, zones, partner, now):
            brought[days.day(due)] += ritual.nudges_each
    fullest = max(sorted(brought), key=lambda day: brought[day], default=None)
    return (fullest, brought[fullest]) if fullest and brought[fullest] > days.most else None


def _may_come_twice(ritual: Ritual) -> bool:
    minute, hour = (ritual.cron or "0 0").split()[:2]
    return bool(TWICE_A_DAY & set(minute + hour))


def _asks(ritual: Ritual, zones: Zones, partner: str, now: datetime) -> Iterator[datetime]:
    """Yield when a ritual asks a partner in the coming weeks."""
    slot = first_occurrence(ritual, zones, now)
    while slot is not None and slot.starts_at < now + AHEAD:
        yield slot.due[partner]
        slot = occurrence_after(ritual, zones, slot.minute)
