"""When promises are spoken of, how they are judged, and what share is kept."""

from datetime import UTC, datetime, time, timedelta

import pytest

from troth.domain.promises import FollowThrough, follow_through, noticed_at, promised_for
from troth.domain.rules import Outcome, Terms, judge
from troth.domain.states import Account, Excuse, OccurrenceState, Rule
from troth.domain.vocabulary import Day
from troth.domain.when import When

NOON = datetime.fromisoformat("2026-03-02T12:00")  # a Monday, on the maker's clock
NOW = NOON.replace(tzinfo=UTC)
PROMISE = Terms(Rule.EITHER, ("ana", "ben"), "ana", is_promise=True)
DONE, NO, SKIP = Account.DONE, Account.NO, Account.SKIP
KEPT, MISSED = OccurrenceState.KEPT, OccurrenceState.MISSED
BOTH = frozenset({"ana", "ben"})


@pytest.mark.parametrize(
    ("when", "local", "asked"),
    [
        (When(Day.FRIDAY), NOON, "2026-03-06T18:00"),
        (When(Day.FRIDAY, time(9, 30)), NOON, "2026-03-06T09:30"),
        (When(Day.TODAY), NOON, "2026-03-02T18:00"),
        (When(Day.TODAY), NOON.replace(hour=19), "2026-03-02T21:00"),
        (When(Day.TODAY), NOON.replace(hour=23), "2026-03-02T23:59"),
        (When(None, time(9)), NOON, "2026-03-03T09:00"),
    ],
)
def test_a_promise_is_asked_about_on_its_day(when: When, local: datetime, asked: str) -> None:
    assert promised_for(when, local) == datetime.fromisoformat(asked)


def test_what_is_over_is_waited_for_by_nobody() -> None:
    assert promised_for(When(Day.TODAY, time(9)), NOON) is None
    assert promised_for(When(Day.TODAY), NOON.replace(hour=23, minute=59)) is None


@pytest.mark.parametrize(
    ("left", "before"),
    [
        (timedelta(hours=5, minutes=59), None),
        (timedelta(hours=6), timedelta(hours=2)),
        (timedelta(hours=9), timedelta(hours=3)),
        (timedelta(days=3), timedelta(days=1)),
        (timedelta(days=6), timedelta(days=2)),
        (timedelta(days=300), timedelta(days=2)),
    ],
)
def test_its_maker_hears_of_it_a_third_of_the_time_before(
    left: timedelta, before: timedelta | None
) -> None:
    asked_at = NOW + left
    assert noticed_at(NOW, asked_at) == (None if before is None else asked_at - before)


@pytest.mark.parametrize(
    ("accounts", "state"),
    [
        ({"ana": DONE}, KEPT),
        ({"ben": DONE}, KEPT),
        ({"ana": DONE, "ben": DONE}, KEPT),
        ({"ana": SKIP, "ben": DONE}, KEPT),
        ({"ana": NO}, MISSED),
        ({"ana": NO, "ben": NO}, MISSED),
        ({"ana": NO, "ben": SKIP}, MISSED),
    ],
)
def test_either_keeps_a_promise_and_its_maker_alone_misses_it(
    accounts: dict[str, Account], state: OccurrenceState
) -> None:
    for reached in (frozenset[str](), BOTH):
        for over in (False, True):
            outcome = judge(PROMISE, accounts, reached, over=over)
            assert outcome is not None
            assert outcome.state is state


@pytest.mark.parametrize("accounts", [{}, {"ben": NO}, {"ben": SKIP}])
def test_what_its_maker_says_nothing_of_is_no_miss(accounts: dict[str, Account]) -> None:
    assert judge(PROMISE, accounts, BOTH, over=False) is None
    skipped = Outcome(OccurrenceState.EXCUSED, None, Excuse.SKIPPED)
    assert judge(PROMISE, accounts, BOTH, over=True) == skipped


def test_a_promise_of_which_nobody_could_hear_is_undelivered() -> None:
    outcome = judge(PROMISE, {}, frozenset(), over=True)
    assert outcome == Outcome(OccurrenceState.EXCUSED, None, Excuse.UNDELIVERED)


@pytest.mark.parametrize("accounts", [{"ana": DONE, "ben": NO}, {"ana": NO, "ben": DONE}])
def test_differing_accounts_of_a_promise_count_for_nothing(accounts: dict[str, Account]) -> None:
    outcome = judge(PROMISE, accounts, BOTH, over=False)
    assert outcome == Outcome(OccurrenceState.EXCUSED, None, Excuse.DIFFERING)


def test_the_share_is_of_what_was_kept_or_missed_and_of_nothing_else() -> None:
    states = {KEPT: 3, MISSED: 1, OccurrenceState.EXCUSED: 5, OccurrenceState.OPEN: 2}
    assert follow_through(states) == FollowThrough(3, 4)
    assert follow_through({}) == FollowThrough(0, 0)
