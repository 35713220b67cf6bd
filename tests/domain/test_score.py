"""The consistency score: its reference values, and a fold that no order of arrival changes."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.moments import utc
from troth.domain.rules import scored
from troth.domain.score import Settlement, occurrence_weights, ritual_score, standing
from troth.domain.states import OccurrenceState

START = utc("2026-01-01T20:00")
EXCUSED, OPEN = OccurrenceState.EXCUSED, OccurrenceState.OPEN


def settled(
    values: Sequence[float | None],
    ritual: str = "tea",
    first: int = 0,
    every: timedelta = timedelta(days=1),
) -> list[Settlement]:
    """Settlements of one ritual from oldest to newest; None is an excused one."""
    return [
        Settlement(
            ritual=ritual,
            occurrence=first + place,
            due_at=START + every * place,
            state=EXCUSED if credit is None else scored(credit).state,
            credit=credit,
            revision=1,
        )
        for place, credit in enumerate(values)
    ]


@pytest.mark.parametrize("count", [1, 2, 8, 24, 25, 365, 2_000])
def test_all_kept_is_exactly_100_and_all_missed_0(count):
    assert ritual_score([1.0] * count) == 100
    assert ritual_score([0.0] * count) == 0


def test_nothing_scored_is_no_score():
    assert ritual_score([]) is None


def test_one_miss_after_a_long_perfect_run_is_91_7():
    assert ritual_score([1.0] * 400 + [0.0]) == pytest.approx(91.7, abs=0.005)


def test_eight_occurrences_later_a_miss_weighs_half():
    at_once = ritual_score([1.0] * 400 + [0.0]) or 0
    later = ritual_score([1.0] * 400 + [0.0] + [1.0] * 8) or 0
    assert 100 - later == pytest.approx((100 - at_once) / 2, abs=0.001)


@pytest.mark.parametrize("pattern", [[1, 1, 0], [1, 0], [1, 1, 1, 0], [0.5], [1, 0.5, 0, 0]])
def test_a_steady_keep_rate_tends_to_100_times_it(pattern):
    long = list(islice(cycle(pattern), 1_200))
    scores = [ritual_score(long[:end]) or 0 for end in range(1_200 - len(pattern) + 1, 1_201)]
    rate = sum(pattern) / len(pattern)
    assert sum(scores) / len(scores) == pytest.approx(100 * rate, abs=0.01)


def test_a_quarterly_ritual_kept_four_times_is_100():
    quarters = settled([1.0] * 4, every=timedelta(days=91))
    assert standing(quarters, {"tea": 1.0}).rituals[0].score == 100


def test_the_score_is_the_formula():
    values = [1, 0, 0.5, 1, 0.5, 0, 1]
    q, n = 2 ** (-1 / 8), len(values)
    weights = [q ** (n - i) for i in range(1, n + 1)]
    share = sum(v * w for v, w in zip(values, weights, strict=True))
    assert ritual_score(values) == pytest.approx(100 * share / sum(weights))
    assert occurrence_weights(n) == pytest.approx([w / sum(weights) for w in weights])


@pytest.mark.parametrize("count", [0, 1, 4])
def test_until_five_it_is_building(count):
    stands = standing(settled([1.0] * count), {"tea": 1.0})
    assert (stands.score, stands.building) == (None, f"{count} of 5")


def test_from_five_on_it_is_shown_and_excused_ones_do_not_count_to_five():
    assert standing(settled([1.0] * 4 + [None] * 9), {"tea": 1.0}).building == "4 of 5"
    stands = standing(settled([1.0] * 4 + [None] * 9 + [1.0]), {"tea": 1.0})
    assert (stands.score, stands.building) == (100, None)


def test_the_couples_score_is_the_mean_weighted_by_ritual():
    ledger = settled([1.0] * 5, "tea") + settled([0.0] * 5, "walk", 100)
    assert standing(ledger, {"tea": 3.0, "walk": 1.0}).score == pytest.approx(75)
    assert standing(ledger, {"tea": 3.0, "walk": 1.0, "new": 9.0}).score == pytest.approx(75)


def test_a_retired_ritual_leaves_the_score():
    ledger = settled([1.0] * 5, "tea") + settled([0.0] * 5, "walk", 100)
    stands = standing(ledger, {"tea": 1.0})
    assert (stands.score, stands.scored, len(stands.rituals)) == (100, 5, 1)


def test_it_comes_with_its_denominator():
    ritual = standing(settled([1, 0.5, 0, None, 1, None, 0]), {"tea": 1.0}).rituals[0]
    counts = (ritual.scored, ritual.excused, ritual.kept, ritual.partial, ritual.missed)
    assert counts == (5, 2, 2, 1, 2)


def test_a_late_reply_gives_exactly_what_would_have_been():
    missed, kept = settled([1, 1, 0, 1, 1, 1]), settled([1, 1, 1, 1, 1, 1])
    revised = Settlement("tea", 2, missed[2].due_at, OccurrenceState.KEPT, 1.0, revision=2)
    assert standing([*missed, revised], {"tea": 1.0}) == standing(kept, {"tea": 1.0})


def test_an_occurrence_opened_again_is_in_no_count():
    ledger = settled([1.0] * 6)
    reopened = Settlement("tea", 5, ledger[5].due_at, OPEN, None, revision=2)
    assert standing([*ledger, reopened], {"tea": 1.0}) == standing(ledger[:5], {"tea": 1.0})


credit = st.none() | st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1)
ledgers = st.lists(
    st.builds(
        lambda place, credit, revision: Settlement(
            ("tea", "walk", "gone")[place % 3],
            place,
            START + timedelta(days=place // 2),
            EXCUSED if credit is None else scored(credit).state,
            credit,
            revision,
        ),
        st.integers(0, 30),
        credit,
        st.integers(1, 4),
    ),
    unique_by=lambda s: (s.occurrence, s.revision),
    max_size=60,
)
weights = st.fixed_dictionaries({"tea": st.floats(0.01, 10), "walk": st.floats(0.01, 10)})


@settings(max_examples=150)
@given(ledgers.flatmap(lambda ledger: st.tuples(st.just(ledger), st.permutations(ledger))), weights)
def test_no_order_of_arrival_changes_the_score(orders, weights):
    ledger, shuffled = orders
    assert standing(ledger, weights) == standing(shuffled, weights)


@settings(max_examples=150)
@given(ledgers, weights)
def test_scores_stay_within_0_and_100(ledger, weights):
    stands = standing(ledger, weights)
    for score in (stands.score, *(ritual.score for ritual in stands.rituals)):
        assert score is None or 0 <= score <= 100


@settings(max_examples=150)
@given(st.lists(credit, min_size=5, max_size=40))
def test_what_is_excused_moves_nothing(values):
    all_of_them = standing(settled(values), {"tea": 1.0})
    without = standing(settled([v for v in values if v is not None]), {"tea": 1.0})
    assert (all_of_them.score, all_of_them.scored) == (without.score, without.scored)


@given(st.integers(1, 3_000))
def test_the_weights_of_the_occurrences_add_up_to_one(count):
    shares = occurrence_weights(count)
    assert len(shares) == count
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares)
