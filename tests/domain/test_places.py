"""What is left of a partner's days: three unprompted nudges, unless they want others."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from troth.domain.places import Days, Places
from troth.domain.quiet import QuietHours

LISBON = ZoneInfo("Europe/Lisbon")
NIGHT = QuietHours.parse("22:00-10:00")


def days(quiet: QuietHours | None = None, most: int = 2) -> Days:
    return Days(LISBON, time(4), quiet, most)


def at(hour: int, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_so_many_leave_on_a_day_and_no_more():
    places = Places(days())
    assert places.take_if_left(at(8))
    assert places.take_if_left(at(20))
    assert not places.take_if_left(at(21))
    assert places.left(at(12)) == 0
    assert places.left(at(12, day=3)) == 2


def test_a_night_belongs_to_the_evening_before():
    places = Places(days(most=1))
    assert places.take_if_left(at(22))
    assert not places.take_if_left(at(3, day=3))
    assert places.take_if_left(at(5, day=3))


def test_what_quiet_hours_hold_counts_where_it_leaves():
    places = Places(days(NIGHT, most=1))
    assert places.take_if_left(at(23))
    assert places.left(at(12)) == 1
    assert places.left(at(12, day=3)) == 0


def test_what_finds_no_room_comes_on_the_next_morning_that_has_some():
    places = Places(days(most=1))
    assert places.take_next(at(20)) == at(20)
    assert places.take_next(at(20)) == at(9, day=3)
    assert places.take_next(at(20)) == at(9, day=4)
    late = Places(days(NIGHT, most=1))
    late.take(at(20))
    assert late.take_next(at(20)) == at(10, day=3)
