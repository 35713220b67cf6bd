"""Milestones: days counted for life."""

from datetime import UTC, datetime, timedelta

from troth.domain.milestones import DAYS, days_reached, is_bedtime, next_days, of_days

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_next_milestone_is_the_first_that_nobody_has_seen():
    assert next_days([]) == 7
    assert next_days([of_days(7)]) == 30
    assert next_days([of_days(days) for days in DAYS]) is None


def test_what_was_reached_is_reached_once():
    assert days_reached(6, []) == []
    assert days_reached(120, []) == [7, 30, 100]
    assert days_reached(120, [of_days(7), of_days(100)]) == [30]


def test_six_months_need_the_evenings_and_the_months():
    half_a_year = START + timedelta(days=182)
    assert is_bedtime(150, START, half_a_year)
    assert not is_bedtime(149, START, half_a_year)
    assert not is_bedtime(182, START, half_a_year - timedelta(days=1))
