"""A ritual's calendar: first day, last day, holidays, and whose clock counts."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.domain.moments import both, utc, wall
from troth.domain.ritual import Ritual, Zones, first_occurrence, occurrence_after
from troth.domain.states import AnswerKind, Rule

TEA = Ritual(
    key="tea",
    practice="tea-together",
    title="Tea",
    kind=AnswerKind.DONE,
    cron="0 21 * * *",
    zone="couple",
    window=timedelta(hours=2),
    rule=Rule.BOTH,
    remind=(),
    weight=1.0,
    texts=("Tea?",),
    how="",
    why="",
)
ZONES = Zones(ZoneInfo("Europe/Lisbon"), both("Europe/Lisbon", "America/New_York"))


def days(ritual: Ritual, now: str, count: int) -> list[str]:
    """Return the local dates of the first `count` occurrences after `now`."""
    found: list[str] = []
    slot = first_occurrence(ritual, ZONES, utc(now))
    while slot is not None and len(found) < count:
        found.append(slot.name[:10])
        slot = occurrence_after(ritual, ZONES, slot.minute)
    return found


def test_the_first_and_the_last_day_are_included():
    may = replace(TEA, starts=date(2026, 5, 2), until=date(2026, 5, 4))
    assert days(may, "2026-04-01T00:00", 9) == ["2026-05-02", "2026-05-03", "2026-05-04"]


def test_a_ritual_that_is_over_has_no_occurrence():
    over = replace(TEA, until=date(2026, 5, 4))
    assert first_occurrence(over, ZONES, utc("2026-05-04T20:00")) is None
    assert occurrence_after(over, ZONES, wall("2026-05-04T21:00")) is None
    assert first_occurrence(over, ZONES, utc("2027-01-01T00:00")) is None


def test_a_ritual_whose_last_day_precedes_its_first_never_comes():
    never = replace(TEA, starts=date(2026, 6, 1), until=date(2026, 5, 1))
    assert days(never, "2026-04-01T00:00", 9) == []


def test_nothing_is_born_on_holidays_and_the_rest_stays():
    away = replace(TEA, holidays=(date(2026, 5, 2), date(2026, 5, 3), date(2026, 5, 5)))
    assert days(away, "2026-05-01T00:00", 3) == ["2026-05-01", "2026-05-04", "2026-05-06"]


def test_holidays_to_the_last_day_end_the_ritual():
    away = replace(TEA, until=date(2026, 5, 2), holidays=(date(2026, 5, 2),))
    assert days(away, "2026-05-01T00:00", 9) == ["2026-05-01"]


def test_a_holiday_is_a_date_of_the_slot_not_of_utc():
    late = replace(TEA, cron="30 23 * * *", zone="ben", holidays=(date(2026, 5, 2),))
    assert days(late, "2026-05-01T12:00", 2) == ["2026-05-01", "2026-05-03"]


def test_many_slots_a_day_rest_together():
    often = replace(TEA, cron="*/5 * * * *", holidays=(date(2026, 5, 2),))
    slot = occurrence_after(often, ZONES, wall("2026-05-01T23:55"))
    assert slot is not None
    assert slot.name == "2026-05-03T00:00"


def test_a_first_day_centuries_away_is_one_step_not_millions():
    """Had it to be stepped to slot by slot, this test would not end."""
    far = replace(TEA, cron="*/5 * * * *", starts=date(2926, 1, 1))
    slot = first_occurrence(far, ZONES, utc("2026-05-01T00:00"))
    assert slot is not None
    assert slot.name == "2926-01-01T00:00"


@pytest.mark.parametrize(
    ("zone", "ana", "ben", "name"),
    [
        ("couple", "2026-07-01T20:00", "2026-07-01T20:00", "Europe/Lisbon"),
        ("ana", "2026-07-01T20:00", "2026-07-01T20:00", "Europe/Lisbon"),
        ("ben", "2026-07-02T01:00", "2026-07-02T01:00", "America/New_York"),
        ("each", "2026-07-01T20:00", "2026-07-02T01:00", "each"),
    ],
)
def test_the_zone_says_whose_clock_counts(zone, ana, ben, name):
    slot = first_occurrence(replace(TEA, zone=zone), ZONES, utc("2026-07-01T12:00"))
    assert slot is not None
    assert (slot.name, slot.due) == ("2026-07-01T21:00", {"ana": utc(ana), "ben": utc(ben)})
    assert ZONES.name(zone) == name


def test_a_first_day_without_midnight_begins_when_its_clocks_do():
    santiago = Zones(ZoneInfo("America/Santiago"), both("America/Santiago"))
    spring = replace(TEA, cron="0 0 * * *", starts=date(2026, 9, 6))
    slot = first_occurrence(spring, santiago, utc("2026-08-01T00:00"))
    assert slot is not None
    assert (slot.name, slot.starts_at) == ("2026-09-06T00:00", utc("2026-09-06T04:00"))
