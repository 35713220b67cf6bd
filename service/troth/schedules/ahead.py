"""What is to come: the next occurrences of some couples, reckoned from their files alone."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from troth.domain.ritual import Ritual, first_occurrence, occurrence_after
from troth.domain.slots import Slot
from troth.schedules.couple import CoupleSchedule

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Coming:
    """A coming occurrence. `local` is each partner's due moment on a clock of their own zone."""

    couple: str
    ritual: Ritual
    zone: str
    slot: Slot
    local: Mapping[str, datetime]


def coming_occurrences(
    couples: Sequence[CoupleSchedule], start: datetime, count: int
) -> list[Coming]:
    """Return the first `count` occurrences due at or after aware `start`, soonest first."""
    streams = (_of_ritual(couple, ritual, start) for couple in couples for ritual in couple.rituals)
    merged: Iterable[Coming] = heapq.merge(*streams, key=lambda one: one.slot.starts_at)
    return list(islice(merged, count))


def _of_ritual(couple: CoupleSchedule, ritual: Ritual, start: datetime) -> Iterator[Coming]:
    zones = couple.zones
    slot = first_occurrence(ritual, zones, start - _INSTANT)
    while slot is not None:
        local = {key: due.astimezone(zones.partners[key]) for key, due in slot.due.items()}
        yield Coming(couple.name, ritual, zones.name(ritual.zone), slot, local)
        slot = occurrence_after(ritual, zones, slot.minute)
