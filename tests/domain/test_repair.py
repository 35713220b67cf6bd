"""Repairs and pauses in pure rules: offers, how long, which word."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.domain.grammar import Verb
from troth.domain.repair import (
    LONGEST,
    Stage,
    agreed_length,
    check_ins,
    judge_offer,
    next_stage_at,
    offered_again,
    without_blame,
)
from troth.domain.rules import excused, scored
from troth.domain.said import Expected
from troth.domain.states import AnswerKind, Excuse
from troth.domain.timeout import OwnTimeout, lasts, read_own_word
from troth.schedules.languages import load_languages

ENGLISH = load_languages().of("en").grammar
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
BOTH = ("ana", "ben")


def test_the_stages_come_in_their_order() -> None:
    assert [stage.number for stage in Stage] == [1, 2, 3, 4, 5]
    assert Stage.ACKNOWLEDGEMENT.after is Stage.EXPLANATION
    assert Stage.MONITORING.after is None


@given(st.dictionaries(st.sampled_from(BOTH), st.sampled_from([True, False, None])))
def test_an_offer_is_kept_by_two_yes_and_else_tells_nothing(wishes: dict[str, bool | None]) -> None:
    both = wishes == {"ana": True, "ben": True}
    assert judge_offer(wishes, BOTH, over=False) == (scored(1.0) if both else None)
    over = scored(1.0) if both else excused(Excuse.SKIPPED)
    assert judge_offer(wishes, BOTH, over=True) == over


@pytest.mark.parametrize("credit", [0.0, 0.5])
def test_nothing_of_a_repair_is_missed(credit: float) -> None:
    assert without_blame(scored(credit), over=True) == excused(Excuse.SKIPPED)
    assert without_blame(scored(credit), over=False) is None
    assert without_blame(scored(1.0), over=False) == scored(1.0)


@pytest.mark.parametrize(
    ("ana", "ben", "weeks"),
    [
        ("4 weeks", "", 4),
        ("as long as it takes", "no idea", 4),
        ("Let's say two months", "I'd like 6 weeks, every Sunday", 6),
        ("every 2 days", "three weeks", 1),
        ("10 minutes each evening", "2 weeks", 2),
        ("50 weeks", "", 25),
    ],
)
def test_the_shorter_length_that_is_named_is_agreed_on(ana: str, ben: str, weeks: int) -> None:
    length = agreed_length((ana, ben), ENGLISH.vocabulary, NOON, NOON)
    assert length // WEEK == weeks
    assert len(check_ins(length)) == weeks


@given(st.integers(0, 200), st.text())
def test_no_agreement_outlasts_half_a_year(days: int, text: str) -> None:
    now = NOON + timedelta(days=days)
    length = agreed_length((text, "500 weeks"), ENGLISH.vocabulary, NOON, now)
    assert length >= timedelta()
    assert length == timedelta() or now + length < NOON + LONGEST


def test_a_stage_leads_on_after_a_day_at_the_soonest() -> None:
    assert next_stage_at(NOON, NOON + timedelta(hours=1)) == NOON + timedelta(days=1)
    late = NOON + timedelta(days=3)
    assert next_stage_at(NOON, late) == late + timedelta(minutes=10)


def test_who_asks_in_vain_waits_longer_each_time() -> None:
    waits = [(offered_again(NOON, count) - NOON).days for count in (1, 2, 3, 9)]
    assert waits == [1, 7, 28, 28]


def test_a_pause_lasts_half_an_hour_unless_told_otherwise() -> None:
    hour = timedelta(hours=1)
    assert lasts(None, OwnTimeout()) == timedelta(minutes=30)
    assert lasts(None, OwnTimeout(returns=hour)) == hour
    assert lasts(2 * hour, OwnTimeout(returns=hour)) == 2 * hour
    assert lasts(timedelta(seconds=1), OwnTimeout()) == timedelta(minutes=5)
    assert lasts(timedelta(days=9), OwnTimeout()) == timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "kind", "verb"),
    [
        ("PINEAPPLE!", None, Verb.TIMEOUT),
        ("pineapple, enough", AnswerKind.RATING, Verb.TIMEOUT),
        ("no pineapple", None, None),
        ("pineapple cake", AnswerKind.WORDS, None),
        ("Pineapple.", AnswerKind.WORDS, Verb.TIMEOUT),
        ("stop", None, None),
        ("", None, None),
    ],
)
def test_the_couples_word_is_read(text: str, kind: AnswerKind | None, verb: Verb | None) -> None:
    said = read_own_word("Pineapple", text, ENGLISH, Expected(kind))
    assert (said.verb if said else None) is verb


def test_the_couples_word_takes_a_length() -> None:
    said = read_own_word("pineapple", "pineapple 1 hour", ENGLISH, Expected())
    assert said is not None
    assert said.length == timedelta(hours=1)
    assert read_own_word("stop", "stop", ENGLISH, Expected()) is None
