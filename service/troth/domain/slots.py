"""Slots: the wall-clock minutes at which a ritual's occurrences are born, and their instants.

A slot is a naive local minute. Its instant is found by three rules, so that each slot fires once:
an ordinary minute is itself; of two equal minutes (clocks back) the first counts; a minute that
does not exist (clocks forward) fires when the gap ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from troth.domain.cron import next_minute

_MINUTES = 65_536  # of which the zone's answer is kept: a burst asks for the same few again


@dataclass(frozen=True)
class Slot:
    """One due moment of a ritual.

    `minute` is naive wall-clock time; `due` maps each partner's key to an aware UTC instant.
    """

    minute: datetime
    due: Mapping[str, datetime]

    @property
    def name(self) -> str:
        """The slot as text, `2026-11-01T01:30`: with the ritual it is an occurrence's identity."""
        return self.minute.isoformat(timespec="minutes")

    @property
    def starts_at(self) -> datetime:
        """The earliest due instant, aware UTC."""
        return min(self.due.values())

    @property
    def last_due_at(self) -> datetime:
        """The latest due instant, aware UTC: windows end counted from it."""
        return max(self.due.values())


def slot_minute(name: str) -> datetime:
    """Return the naive minute that a slot's name stands for."""
    return datetime.fromisoformat(name)


@lru_cache(maxsize=_MINUTES)
def is_in_gap(minute: datetime, zone: ZoneInfo) -> bool:
    """Say whether the clocks of `zone` jump over this naive minute."""
    there_and_back = minute.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there_and_back.replace(tzinfo=None) != minute


@lru_cache(maxsize=_MINUTES)
def instant(minute: datetime, zone: ZoneInfo) -> datetime:
    """Return the one aware UTC instant at which naive `minute` fires in `zone`."""
    if is_in_gap(minute, zone):
        return _gap_end(minute, zone)
    return minute.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _gap_end(minute: datetime, zone: ZoneInfo) -> datetime:
    """Find, to the second, the transition that swallowed `minute` (PEP 495: fold 1 is earlier)."""
    before = minute.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = minute.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after


def slot_at(minute: datetime, zones: Mapping[str, ZoneInfo]) -> Slot:
    """Return the slot of naive `minute`, due for each partner in the zone given for them."""
    return Slot(minute, {partner: instant(minute, zone) for partner, zone in zones.items()})


def next_slot(expression: str, zones: Mapping[str, ZoneInfo], after: datetime) -> Slot:
    """Return the first slot strictly after naive `after`.

    Slots that the clocks' jump throws onto one instant are one occurrence: the last of them.
    """
    slot = slot_at(next_minute(expression, after), zones)
    while any(is_in_gap(slot.minute, zone) for zone in zones.values()):
        following = slot_at(next_minute(expression, slot.minute), zones)
        if following.due != slot.due:
            break
        slot = following
    return slot


def first_slot(expression: str, zones: Mapping[str, ZoneInfo], now: datetime) -> Slot:
    """Return the first slot that falls due, for whoever is first, strictly after aware `now`."""
    minute = max(now.astimezone(zone).replace(tzinfo=None) for zone in zones.values())
    minute = minute.replace(second=0, microsecond=0)  # one step of cron for all who ask within it
    slot = next_slot(expression, zones, minute)
    while slot.starts_at <= now:
        slot = next_slot(expression, zones, slot.minute)
    return slot


def day_of(moment: datetime, zone: ZoneInfo, day_starts: time) -> date:
    """Return the day to which an aware moment belongs when days begin at `day_starts`.

    With days from 04:00, what is done at 00:40 counts for the evening before.
    """
    local = moment.astimezone(zone).replace(tzinfo=None)
    return (local - timedelta(hours=day_starts.hour, minutes=day_starts.minute)).date()
