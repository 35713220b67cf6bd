"""What a season does to a ritual, and to what its occurrences settle to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from troth.domain.rules import Outcome, excused, scored
from troth.domain.season import (
    Season,
    SeasonCount,
    SeasonTerms,
    counted,
    ease,
    evening,
    holding,
    lighter,
    together,
)
from troth.domain.states import Excuse, OccurrenceState, SeasonKind
from troth.schedules.catalogue import shipped_catalogue
from troth.schedules.couple import resolve
from troth.schedules.models import RitualForm
from troth.schedules.seasons import season_terms

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
COFFEE = resolve(
    "coffee", RitualForm(practice="shared-coffee"), shipped_catalogue()["shared-coffee"], "en"
)
WEEK = timedelta(weeks=1)
ONE = SeasonTerms(2.0, 1, WEEK, 90 * A_DAY)
OTHER = SeasonTerms(1.5, 2, 2 * WEEK, 42 * A_DAY)


def season(number: int, kind: SeasonKind, starts: int, ends: int | None = None) -> Season:
    ends_at = None if ends is None else NOON + ends * A_DAY
    return Season(number, kind, NOON + starts * A_DAY, ends_at)


def test_a_season_holds_from_its_first_moment_and_not_at_its_end() -> None:
    one = season(1, SeasonKind.CARE, 0, 2)
    held = [one.holds_at(NOON + timedelta(hours=hours)) for hours in (-1, 0, 47, 48)]
    assert held == [False, True, True, False]


def test_of_several_seasons_the_one_begun_last_comes_last() -> None:
    one, two = season(1, SeasonKind.CARE, 0), season(2, SeasonKind.EXAMS, -3)
    assert holding([one, two, season(3, SeasonKind.GRIEF, 1)], NOON) == [two, one]


def test_seasons_at_once_do_of_each_part_the_lighter() -> None:
    terms = {SeasonKind.CARE: ONE, SeasonKind.EXAMS: OTHER}
    held = [season(1, SeasonKind.CARE, 0), season(2, SeasonKind.EXAMS, 0)]
    assert together(held, terms) == SeasonTerms(2.0, 2, WEEK, 42 * A_DAY)
    assert together([], terms) is None


def test_the_light_form_is_asked_for_in_a_longer_window() -> None:
    light = lighter(COFFEE, ONE)
    assert light.texts == tuple(f"{text}\n\n{COFFEE.lite}" for text in COFFEE.texts)
    assert light.window == 2 * COFFEE.window


def test_without_a_light_form_only_the_window_changes() -> None:
    bare = replace(COFFEE, lite=None)
    assert lighter(bare, ONE) == replace(bare, window=2 * bare.window)


def test_whoever_leads_is_told_so_still() -> None:
    led = replace(COFFEE, lead="ana", lead_texts=("Your turn.",))
    assert lighter(led, ONE).lead_texts == (f"Your turn.\n\n{COFFEE.lite}",)


def test_no_window_grows_beyond_sixty_days_and_none_shrinks() -> None:
    long = replace(COFFEE, window=45 * A_DAY)
    assert lighter(long, ONE).window == 60 * A_DAY


@pytest.mark.parametrize("outcome", [scored(0.0), scored(0.5)])
def test_what_was_not_kept_in_a_season_is_excused(outcome: Outcome) -> None:
    assert ease(outcome, "care") == excused(Excuse.SEASON)
    assert ease(outcome, None) == outcome


@pytest.mark.parametrize("outcome", [scored(1.0), excused(Excuse.UNDELIVERED), None])
def test_what_else_came_of_it_stays(outcome: Outcome | None) -> None:
    assert ease(outcome, "care") == outcome


def test_each_kind_has_a_count_of_its_own() -> None:
    kept, spared = OccurrenceState.KEPT, OccurrenceState.EXCUSED
    settled = [("care", kept), ("care", spared), ("exams", spared)]
    assert counted(settled) == (SeasonCount("care", 1, 2), SeasonCount("exams", 0, 1))


def test_the_evening_is_the_next_half_past_six_even_when_clocks_change() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    saturday = datetime(2026, 3, 28, 18, 30, tzinfo=UTC)
    assert evening(saturday, lisbon) == saturday
    later = evening(saturday + timedelta(minutes=1), lisbon)
    assert later == datetime(2026, 3, 29, 17, 30, tzinfo=UTC)
    assert evening(saturday, lisbon, 7) == datetime(2026, 4, 4, 17, 30, tzinfo=UTC)


def test_every_kind_of_season_has_its_terms() -> None:
    assert set(season_terms()) == set(SeasonKind)
