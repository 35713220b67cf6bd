"""Days that begin at four: what is done after midnight counts for the evening before."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from tests.domain.moments import utc
from tests.domain.test_slots import moments, zones
from troth.domain.slots import day_of

FOUR = time(4)


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Lisbon", "2026-07-01T20:30", "2026-07-01"),
        ("Europe/Lisbon", "2026-07-01T23:40", "2026-07-01"),  # 00:40
        ("Europe/Lisbon", "2026-07-02T02:59", "2026-07-01"),  # 03:59
        ("Europe/Lisbon", "2026-07-02T03:00", "2026-07-02"),  # 04:00
        ("America/New_York", "2026-03-08T06:59", "2026-03-07"),  # 01:59, then 03:00
        ("America/New_York", "2026-03-08T07:59", "2026-03-07"),  # 03:59
        ("America/New_York", "2026-03-08T08:00", "2026-03-08"),
        ("America/New_York", "2026-11-01T05:30", "2026-10-31"),  # the first 01:30
        ("America/New_York", "2026-11-01T06:30", "2026-10-31"),  # the second
        ("America/New_York", "2026-11-01T09:00", "2026-11-01"),
        ("Asia/Kolkata", "2025-12-31T22:29", "2025-12-31"),
        ("Asia/Kolkata", "2025-12-31T22:30", "2026-01-01"),
        ("Pacific/Apia", "2011-12-30T09:59", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T14:00", "2011-12-31"),
    ],
)
def test_a_day_runs_from_four_to_four_on_the_wall_clock(zone, moment, day):
    assert day_of(utc(moment), ZoneInfo(zone), FOUR) == date.fromisoformat(day)


def test_a_day_may_begin_at_midnight_or_at_half_past():
    zone = ZoneInfo("Europe/Lisbon")
    assert day_of(utc("2026-07-01T23:40"), zone, time(0)) == date(2026, 7, 2)
    assert day_of(utc("2026-07-01T23:40"), zone, time(0, 30)) == date(2026, 7, 2)
    assert day_of(utc("2026-07-01T23:40"), zone, time(0, 45)) == date(2026, 7, 1)


@settings(max_examples=200)
@given(moments, zones.map(ZoneInfo))
def test_days_never_run_back(moment, zone):
    later = moment + timedelta(minutes=30)
    assert day_of(moment, zone, FOUR) <= day_of(later, zone, FOUR)
