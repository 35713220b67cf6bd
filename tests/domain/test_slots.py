"""Slots: born once each, in order, in every zone and year."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.moments import both, utc, wall
from troth.domain.slots import Slot, first_slot, instant, next_slot, slot_at, slot_minute

RESTLESS = [  # changes at midnight, by half an hour, by a day, in Ramadan, by a year's decree
    *("America/New_York", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"),
    *("Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "America/Havana", "Asia/Gaza"),
    *("Africa/Casablanca", "Africa/Cairo", "Asia/Pyongyang", "America/Caracas", "Antarctica/Troll"),
    *("Europe/Dublin", "Europe/Moscow", "Pacific/Kiritimati", "Asia/Beirut", "UTC"),
]
zones = st.sampled_from(RESTLESS) | st.sampled_from(sorted(available_timezones()))
pairs = st.builds(both, zones, st.none() | zones)
crons = st.sampled_from(
    ["0 * * * *", "*/5 * * * *", "30 0-3 * * *", "0,30 1,2,23 * * *", "15 2 * * sun", "0 0 L * *"]
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def walk(cron: str, zones: dict[str, ZoneInfo], minute: datetime, steps: int) -> list[Slot]:
    walked: list[Slot] = []
    for _ in range(steps):
        walked.append(next_slot(cron, zones, walked[-1].minute if walked else minute))
    return walked


def days_on_which_clocks_change(zone: ZoneInfo, year: int) -> list[date]:
    noons = [datetime(year, 1, 1, 12, tzinfo=zone) + timedelta(days=day) for day in range(365)]
    pairs = pairwise(noons)
    return [later.date() for noon, later in pairs if noon.utcoffset() != later.utcoffset()]


@settings(max_examples=60)
@given(zones=pairs, year=st.integers(2000, 2035), cron=crons, data=st.data())
def test_no_slot_is_born_twice_and_instants_never_run_back(zones, year, cron, data):
    changes = days_on_which_clocks_change(zones["ana"], year) or [date(year, 6, 1)]
    evening = datetime.combine(data.draw(st.sampled_from(changes)) - timedelta(days=1), time(22))
    slots = walk(cron, zones, evening, 60)
    assert all(one.minute < two.minute for one, two in pairwise(slots))
    assert len({slot.name for slot in slots}) == 60
    for partner in zones:
        due = [slot.due[partner] for slot in slots]
        assert due == sorted(due)
    if len(set(zones.values())) == 1:
        assert len({slot.starts_at for slot in slots}) == 60


@settings(max_examples=8)
@given(zones=pairs, year=st.integers(2000, 2035), at=st.times())
def test_each_day_has_its_daily_slot_once(zones, year, at):
    slots = walk(f"{at.minute} {at.hour} * * *", zones, datetime(year - 1, 12, 31, 23, 59), 365)  # noqa: DTZ001
    days = [slot.minute.date() for slot in slots]
    assert days == [date(year, 1, 1) + timedelta(days=day) for day in range(365)]
    assert {slot.minute.time() for slot in slots} == {time(at.hour, at.minute)}


@settings(max_examples=100)
@given(zone=zones.map(ZoneInfo), moment=moments)
def test_a_minute_fires_when_the_clock_shows_it_or_first_shows_a_later_one(zone, moment):
    minute = moment.replace(second=0, microsecond=0, tzinfo=None)
    due = instant(minute, zone)
    just_before = (due - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    assert due.astimezone(zone).replace(tzinfo=None) >= minute > just_before


@settings(max_examples=100)
@given(zones=pairs, now=moments, cron=crons)
def test_the_first_slot_is_the_earliest_that_is_due_after_now(zones, now, cron):
    first = first_slot(cron, zones, now)
    assert first.starts_at > now
    local = min(now.astimezone(zone).replace(tzinfo=None) for zone in zones.values())
    slot = next_slot(cron, zones, local - timedelta(hours=2))
    while slot.starts_at <= now:
        slot = next_slot(cron, zones, slot.minute)
    assert slot == first


def test_a_slot_is_named_by_its_minute_and_back():
    slot = slot_at(wall("2026-11-01T01:30"), both("America/New_York"))
    assert slot.name == "2026-11-01T01:30"
    assert slot_minute(slot.name) == slot.minute


def test_a_slot_for_each_has_two_instants_and_windows_count_from_the_later():
    slot = slot_at(wall("2026-07-01T21:30"), both("Europe/Lisbon", "America/New_York"))
    assert slot.due == {"ana": utc("2026-07-01T20:30"), "ben": utc("2026-07-02T01:30")}
    assert slot.starts_at == utc("2026-07-01T20:30")
    assert slot.last_due_at == utc("2026-07-02T01:30")


def test_an_occurrence_for_each_is_born_once_whoever_is_first():
    zones = both("Europe/Lisbon", "America/New_York")
    before, between = utc("2026-07-01T20:29"), utc("2026-07-01T20:30")
    assert first_slot("30 21 * * *", zones, before).name == "2026-07-01T21:30"
    assert first_slot("30 21 * * *", zones, between).name == "2026-07-02T21:30"
