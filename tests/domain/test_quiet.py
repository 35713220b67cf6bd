"""Quiet hours: boundaries, over midnight, and through the nights on which clocks change."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.moments import utc
from tests.domain.test_slots import moments, zones
from troth.domain.quiet import QuietHours

hours = st.builds(
    QuietHours, st.sampled_from([time(22), time(23, 30), time(0, 15)]), st.sampled_from([time(7)])
)


@pytest.mark.parametrize(
    ("quiet", "zone", "moment", "over"),
    [
        # in July Lisbon is an hour ahead of UTC
        ("23:00-07:00", "Europe/Lisbon", "2026-07-01T21:59", None),
        ("23:00-07:00", "Europe/Lisbon", "2026-07-01T22:00", "2026-07-02T06:00"),
        ("23:00-07:00", "Europe/Lisbon", "2026-07-01T23:30", "2026-07-02T06:00"),
        ("23:00-07:00", "Europe/Lisbon", "2026-07-02T05:59", "2026-07-02T06:00"),
        ("23:00-07:00", "Europe/Lisbon", "2026-07-02T06:00", None),
        ("13:00-14:30", "Europe/Lisbon", "2026-07-01T11:59", None),
        ("13:00-14:30", "Europe/Lisbon", "2026-07-01T12:00", "2026-07-01T13:30"),
        ("13:00-14:30", "Europe/Lisbon", "2026-07-01T13:30", None),
        ("13:00-00:00", "Europe/Lisbon", "2026-07-01T22:59", "2026-07-01T23:00"),
        # the night of seven hours, and the night of nine
        ("23:00-07:00", "America/New_York", "2026-03-08T04:00", "2026-03-08T11:00"),
        ("23:00-07:00", "America/New_York", "2026-11-01T03:00", "2026-11-01T12:00"),
        # an end that the clocks jump over, and one that they show twice
        ("23:00-02:30", "America/New_York", "2026-03-08T06:59", "2026-03-08T07:00"),
        ("23:00-02:30", "America/New_York", "2026-03-08T07:00", None),
        ("23:00-01:30", "America/New_York", "2026-11-01T05:29", "2026-11-01T05:30"),
        ("23:00-01:30", "America/New_York", "2026-11-01T05:30", None),
        ("23:00-01:30", "America/New_York", "2026-11-01T06:10", None),  # 01:10 again
        # a start that they show twice does not break off in between
        ("01:15-07:00", "America/New_York", "2026-11-01T05:14", None),
        ("01:15-07:00", "America/New_York", "2026-11-01T05:15", "2026-11-01T12:00"),
        ("01:15-07:00", "America/New_York", "2026-11-01T06:05", "2026-11-01T12:00"),
        ("02:10-02:50", "America/New_York", "2026-03-08T07:00", None),  # not that night
        ("22:00-00:00", "America/Santiago", "2026-09-06T03:59", "2026-09-06T04:00"),
        ("23:15-07:00", "America/Santiago", "2026-04-05T03:05", "2026-04-05T11:00"),
        ("00:00-07:00", "America/St_Johns", "2010-11-07T02:45", "2010-11-07T10:30"),
        ("22:00-07:00", "Pacific/Apia", "2011-12-30T09:50", "2011-12-30T17:00"),  # over a lost day
    ],
)
def test_quiet_holds_from_its_start_until_its_end(quiet, zone, moment, over):
    ends = QuietHours.parse(quiet).over_at(utc(moment), ZoneInfo(zone))
    assert ends == (utc(over) if over else None)


@settings(max_examples=150)
@given(hours, zones.map(ZoneInfo), moments)
def test_quiet_ends_in_the_future_and_is_over_when_it_ends(quiet, zone, moment):
    ends = quiet.over_at(moment, zone)
    if ends is not None:
        assert moment < ends <= moment + timedelta(days=2)
        assert quiet.over_at(ends, zone) is None
        assert quiet.over_at(ends - timedelta(seconds=1), zone) == ends


@pytest.mark.parametrize("text", ["23:00-07:00", " 23:00 - 07:00 "])
def test_quiet_hours_are_read_and_written_alike(text):
    assert str(QuietHours.parse(text)) == "23:00-07:00"


@pytest.mark.parametrize(
    "text",
    [
        *("", "23:00", "23:00-", "23-7", "23:00-24:00", "23:60-07:00", "2300-0700", "9:00-10:00"),
        *(
            "23:00-07:00-08:00",
            "23:00+01:00-07:00",
            "23:00Z-07:00",
            "23:00:30-07:00",
            "\u0662\u0663:00-07:00",
        ),
    ],
)
def test_what_are_no_quiet_hours_shows_how_to_write_them(text):
    with pytest.raises(ValueError, match="write for example 23:00-07:00"):
        QuietHours.parse(text)


def test_quiet_all_day_points_to_stop():
    with pytest.raises(ValueError, match="STOP"):
        QuietHours.parse("07:00-07:00")
