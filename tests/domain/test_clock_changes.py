"""The nights on which clocks change, zone by zone: each slot fires once, at a known instant."""

from zoneinfo import ZoneInfo

import pytest

from tests.domain.moments import both, utc, wall
from troth.domain.slots import first_slot, instant, is_in_gap, next_slot

GAPS = [  # zone, a minute that no clock shows, the instant at which the gap ends
    ("America/New_York", "2026-03-08T02:00", "2026-03-08T07:00"),
    ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
    ("America/New_York", "2026-03-08T02:59", "2026-03-08T07:00"),
    ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"),
    ("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00"),  # a day without midnight
    ("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:00"),
    ("Australia/Lord_Howe", "2026-10-04T02:00", "2026-10-03T15:30"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
    ("Pacific/Apia", "2011-12-30T00:00", "2011-12-30T10:00"),  # a day that never was
    ("Pacific/Apia", "2011-12-30T19:30", "2011-12-30T10:00"),
]
FOLDS = [  # zone, a minute that the clocks show twice, the first of its two instants
    ("America/New_York", "2026-11-01T01:00", "2026-11-01T05:00"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
    ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
    ("America/Santiago", "2026-04-04T23:30", "2026-04-05T02:30"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
    ("Pacific/Apia", "2011-04-02T03:30", "2011-04-02T13:30"),
]
ORDINARY = [  # zone, a minute beside a change of clocks, its only instant
    ("America/New_York", "2026-03-08T01:59", "2026-03-08T06:59"),
    ("America/New_York", "2026-03-08T03:00", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T00:59", "2026-11-01T04:59"),
    ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00"),
    ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"),
    ("America/Santiago", "2026-04-05T00:00", "2026-04-05T04:00"),
    ("America/Santiago", "2026-09-06T01:00", "2026-09-06T04:00"),
    ("Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30"),
    ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30"),
    ("Asia/Kolkata", "2026-03-29T02:30", "2026-03-28T21:00"),
    ("Asia/Kolkata", "2026-11-01T01:30", "2026-10-31T20:00"),
    ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59"),
    ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00"),
]


@pytest.mark.parametrize(("zone", "minute", "due"), GAPS)
def test_a_minute_the_clocks_jump_over_fires_when_the_gap_ends(zone, minute, due):
    assert is_in_gap(wall(minute), ZoneInfo(zone))
    assert instant(wall(minute), ZoneInfo(zone)) == utc(due)


@pytest.mark.parametrize(("zone", "minute", "due"), FOLDS + ORDINARY)
def test_of_two_equal_minutes_the_first_counts_and_others_are_themselves(zone, minute, due):
    assert not is_in_gap(wall(minute), ZoneInfo(zone))
    assert instant(wall(minute), ZoneInfo(zone)) == utc(due)


WALKS = [  # zone, cron, after, the slots that follow, as day and time, each with its instant
    (
        "America/New_York",
        "30 2 * * *",
        "2026-03-07T00:00",
        "07T02:30 07T07:30  08T02:30 08T07:00  09T02:30 09T06:30",
    ),
    (
        "America/New_York",
        "30 1 * * *",
        "2026-10-31T02:00",
        "01T01:30 01T05:30  02T01:30 02T06:30  03T01:30 03T06:30",
    ),
    (
        "America/New_York",
        "0 * * * *",  # 02:00 and 03:00 are one instant, and one occurrence
        "2026-03-08T00:30",
        "08T01:00 08T06:00  08T03:00 08T07:00  08T04:00 08T08:00",
    ),
    (
        "America/New_York",
        "0 * * * *",  # two hours between 01:00 and 02:00
        "2026-11-01T00:30",
        "01T01:00 01T05:00  01T02:00 01T07:00  01T03:00 01T08:00",
    ),
    (
        "Europe/Berlin",
        "*/5 * * * *",
        "2026-03-29T01:50",
        "29T01:55 29T00:55  29T03:00 29T01:00  29T03:05 29T01:05",
    ),
    (
        "Europe/Berlin",
        "*/5 * * * *",
        "2026-10-25T02:50",
        "25T02:55 25T00:55  25T03:00 25T02:00  25T03:05 25T02:05",
    ),
    (
        "America/Santiago",
        "0 0 * * *",
        "2026-09-05T00:00",
        "06T00:00 06T04:00  07T00:00 07T03:00  08T00:00 08T03:00",
    ),
    (
        "America/Santiago",
        "30 23 * * *",
        "2026-04-03T23:30",
        "04T23:30 05T02:30  05T23:30 06T03:30  06T23:30 07T03:30",
    ),
    (
        "Australia/Lord_Howe",
        "*/15 * * * *",
        "2026-10-04T01:30",
        "04T01:45 03T15:15  04T02:30 03T15:30  04T02:45 03T15:45",
    ),
    (
        "Asia/Kolkata",
        "30 2 * * *",
        "2026-03-28T03:00",
        "29T02:30 28T21:00  30T02:30 29T21:00  31T02:30 30T21:00",
    ),
    (
        "Pacific/Apia",
        "30 19 * * *",
        "2011-12-28T20:00",
        "29T19:30 30T05:30  30T19:30 30T10:00  31T19:30 31T05:30",
    ),
]


@pytest.mark.parametrize(("zone", "cron", "after", "expected"), WALKS)
def test_a_ritual_walks_over_a_change_of_clocks(zone, cron, after, expected):
    minute, walked = wall(after), []
    for _ in range(3):
        slot = next_slot(cron, both(zone), minute)
        minute = slot.minute
        walked += [f"{minute:%dT%H:%M}", f"{slot.starts_at:%dT%H:%M}"]
    assert walked == expected.split()


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-11-01T05:29", "2026-11-01T01:30"),  # before the first 01:30
        ("2026-11-01T05:30", "2026-11-02T01:30"),  # at it: what is due now has been born
        ("2026-11-01T06:10", "2026-11-02T01:30"),  # 01:10 once more: the second 01:30 is no slot
        ("2026-11-01T06:30", "2026-11-02T01:30"),
    ],
)
def test_a_restart_between_two_0130s_makes_no_second_occurrence(now, slot):
    assert first_slot("30 1 * * *", both("America/New_York"), utc(now)).name == slot


@pytest.mark.parametrize(
    ("now", "slot"),
    [("2026-03-08T06:59", "2026-03-08T02:30"), ("2026-03-08T07:00", "2026-03-09T02:30")],
)
def test_a_restart_at_the_gap_makes_no_second_occurrence(now, slot):
    assert first_slot("30 2 * * *", both("America/New_York"), utc(now)).name == slot


def test_partners_whose_clocks_change_on_different_dates_share_every_slot():
    """New York springs forward three weeks before Berlin and falls back a week after it."""
    zones, minute, seen = both("America/New_York", "Europe/Berlin"), wall("2026-03-07T00:00"), []
    for _ in range(24):
        slot = next_slot("30 2 * * *", zones, minute)
        minute = slot.minute
        seen.append((slot.name, slot.due["ana"], slot.due["ben"]))
    assert len({name for name, _, _ in seen}) == 24
    assert seen[1] == ("2026-03-08T02:30", utc("2026-03-08T07:00"), utc("2026-03-08T01:30"))
    assert seen[2] == ("2026-03-09T02:30", utc("2026-03-09T06:30"), utc("2026-03-09T01:30"))
    assert seen[22] == ("2026-03-29T02:30", utc("2026-03-29T06:30"), utc("2026-03-29T01:00"))
    assert seen[23] == ("2026-03-30T02:30", utc("2026-03-30T06:30"), utc("2026-03-30T00:30"))


def test_one_partners_gap_swallows_no_slot_of_the_other():
    zones, minute, names = both("America/New_York", "Europe/Berlin"), wall("2026-03-08T01:00"), []
    for _ in range(3):
        slot = next_slot("0 * * * *", zones, minute)
        minute = slot.minute
        names.append(slot.name[11:])
    assert names == ["02:00", "03:00", "04:00"]
