"""The nights on which the clocks change, through the whole service."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.stage import Stage, couple_file, on_stage

NIGHT = """
[rituals.night]
practice = "shared-coffee"
cron = "30 {hour} * * *"
window = "4h"
"""


@pytest.fixture
def autumn(store_url: str, tmp_path: Path) -> Iterator[Stage]:
    """Saturday evening before New York's clocks go back, 1 November 2026."""
    with on_stage(store_url, tmp_path, datetime(2026, 10, 31, 22, tzinfo=UTC)) as stage:
        yield stage


@pytest.fixture
def spring(store_url: str, tmp_path: Path) -> Iterator[Stage]:
    """Saturday evening before New York's clocks go forward, 8 March 2026."""
    with on_stage(store_url, tmp_path, datetime(2026, 3, 7, 22, tzinfo=UTC)) as stage:
        yield stage


def test_half_past_one_comes_once_on_the_night_that_has_it_twice(autumn: Stage):
    autumn.couple(couple_file(NIGHT.format(hour=1), zone="America/New_York"))
    autumn.wind("12:00")
    autumn.ana.expects("Coffee together")
    autumn.ben.expects("Coffee together")
    assert [(one.slot, one.due_at) for one in autumn.occurrences()] == [
        ("2026-11-01T01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
    ]


def test_half_past_two_comes_once_on_the_night_that_lacks_it(spring: Stage):
    spring.couple(couple_file(NIGHT.format(hour=2), zone="America/New_York"))
    spring.wind("2026-03-08T12:00")
    spring.ana.expects("Coffee together")
    spring.ben.expects("Coffee together")
    assert [(one.slot, one.due_at) for one in spring.occurrences()] == [
        ("2026-03-08T02:30", datetime(2026, 3, 8, 7, 0, tzinfo=UTC))
    ]


def test_a_restart_in_the_repeated_hour_makes_no_second_one(autumn: Stage):
    autumn.couple(couple_file(NIGHT.format(hour=1), zone="America/New_York"))
    autumn.wind(hours=8)  # 02:00 by the old time, 01:00 by the new
    autumn.ana.expects("Coffee together")
    autumn.ben.expects("Coffee together")
    autumn.restart()
    autumn.couple(couple_file(NIGHT.format(hour=1) + "weight = 2\n", zone="America/New_York"))
    autumn.wind("12:00")
    assert len(autumn.occurrences()) == 1


def test_a_zone_that_is_changed_asks_about_no_evening_twice(autumn: Stage):
    autumn.couple(couple_file(NIGHT.format(hour=1), zone="Europe/Berlin"))
    autumn.wind(hours=4)
    autumn.ana.expects("Coffee together")
    autumn.ben.expects("Coffee together")
    autumn.couple(couple_file(NIGHT.format(hour=1), zone="America/New_York"))
    autumn.wind("12:00")
    assert [one.slot for one in autumn.occurrences()] == ["2026-11-01T01:30"]


def test_each_partner_is_asked_at_that_hour_of_their_own(autumn: Stage):
    ritual = NIGHT.format(hour=1).replace("window", 'zone = "each"\nwindow')
    autumn.couple(couple_file(ritual, zone="Europe/Berlin", ben='timezone = "America/New_York"'))
    autumn.wind("2026-11-01T01:30")
    autumn.ana.expects("Coffee together")
    autumn.ben.expects_nothing()
    autumn.wind("2026-11-01T06:30")
    autumn.ben.expects("Coffee together")
    autumn.ben.says("done")
    assert autumn.outcomes() == ["kept"]
    assert len(autumn.occurrences()) == 1
