"""When a ritual is asked about itself, and what is changed on it then."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.domain.test_season import COFFEE
from troth.domain.recalibration import Asked, Offer, Past, decide, is_other, usual_hour
from troth.domain.states import Excuse, OccurrenceState
from troth.domain.tuning import Tuning, at_hour, changed, held_back, tuned, tuning_of, without

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
NEVER = Asked()


def past(*kinds: str) -> list[Past]:
    """Occurrences a day apart, newest first: silent, no, kept, unasked, undelivered, spared."""
    return [_one(kind, NOW - (days + 1) * A_DAY) for days, kind in enumerate(kinds)]


def _one(kind: str, due: datetime) -> Past:
    missed, kept, spared = OccurrenceState.MISSED, OccurrenceState.KEPT, OccurrenceState.EXCUSED
    return {
        "silent": Past(due, missed, None, 0.0, answered=False, unprompted=False),
        "no": Past(due, missed, None, 0.0, answered=True, unprompted=False),
        "kept": Past(due, kept, None, 1.0, answered=True, unprompted=False),
        "unasked": Past(due, kept, None, 1.0, answered=True, unprompted=True),
        "undelivered": Past(due, spared, Excuse.UNDELIVERED, None, False, False),
        "spared": Past(due, spared, Excuse.SEASON, None, False, False),
    }[kind]


@pytest.mark.parametrize(
    ("kinds", "offer"),
    [
        (["silent"] * 5, Offer.DORMANT),
        (["silent"] * 4, None),
        (["silent"] * 4 + ["kept"], None),
        (["silent"] * 3 + ["undelivered"] * 3 + ["spared"] * 2, Offer.DORMANT),
        (["no"] * 5, None),
        (["no"] * 8, Offer.LOW),
        (["kept", *["no"] * 7], Offer.LOW),
        (["kept"] * 4 + ["no"] * 4, None),
        (["unasked"] * 8, Offer.FEWER),
        (["unasked"] * 7, None),
        (["unasked"] * 7 + ["kept"], None),
    ],
)
def test_a_ritual_is_asked_about_itself_after(kinds: list[str], offer: Offer | None) -> None:
    assert decide(past(*kinds), NEVER, NOW) is offer


def test_what_was_asked_about_once_is_not_asked_about_again_at_once() -> None:
    lately = Asked(NOW - 2 * A_DAY, NOW - 300 * A_DAY)
    assert decide(past(*["silent"] * 7), lately, NOW) is None
    assert decide(past(*["no"] * 8), lately, NOW) is None
    assert decide(past(*["no"] * 8), Asked(NOW - 91 * A_DAY), NOW) is Offer.LOW
    assert decide(past(*["unasked"] * 8), lately, NOW) is None


def test_the_usual_hour_is_the_median_of_a_day_that_begins_at_four() -> None:
    late = [datetime(2026, 3, 1 + n, 23, 50) for n in range(3)]  # noqa: DTZ001 - local
    later = [datetime(2026, 3, 8, 0, 40), datetime(2026, 3, 9, 0, 50)]  # noqa: DTZ001 - local
    assert usual_hour([*late, *later], time(4)) == "23:45"
    assert usual_hour(late, time(4)) is None


def test_a_ritual_is_not_moved_past_midnight() -> None:
    after = [datetime(2026, 3, 1 + n, 1, 0) for n in range(5)]  # noqa: DTZ001 - local
    assert usual_hour(after, time(4)) == "23:45"


@pytest.mark.parametrize(
    ("hour", "other"), [("21:15", False), ("22:00", False), ("22:15", True), ("08:00", True)]
)
def test_an_hour_nearby_is_no_other(hour: str, other: bool) -> None:
    assert is_other(hour, "30 21 * * *") is other


@pytest.mark.parametrize(
    ("cron", "moved"),
    [
        ("30 21 * * *", "0 8 * * *"),
        ("0 11 * 3,6 sat#1", "0 8 * 3,6 sat#1"),
        ("0 9,21 * * *", None),
        ("*/30 9 * * *", None),
    ],
)
def test_only_what_comes_at_one_hour_moves(cron: str, moved: str | None) -> None:
    assert at_hour(cron, "08:00") == moved


def test_newer_answers_come_over_older_ones_and_each_can_be_taken_back() -> None:
    changes = changed(changed({}, 9, {"lite": True}), 10, {"lite": False, "hour": "08:00"})
    assert tuning_of(changes) == Tuning(hour="08:00")
    assert tuning_of(changed(changes, 10, None)) == Tuning(lite=True)
    assert changed(changed({}, 9, {"rests": True}), 9, {}) == {}


def test_a_newer_file_drops_what_it_says_otherwise() -> None:
    changes = changed(changed({}, 9, {"hour": "08:00"}), 10, {"lite": True})
    assert without(changes, "hour", "rests") == {"10": {"lite": True}}


def test_a_tuned_ritual_is_lighter_at_its_hour_and_says_less() -> None:
    done = tuned(COFFEE, Tuning(lite=True, hour="09:15", fewer=True))
    assert (done.cron, done.remind) == ("15 9 * * *", ())
    assert all(text.endswith(str(COFFEE.lite)) for text in done.texts)
    assert held_back(COFFEE, Tuning(fewer=True)) == COFFEE.window * 3 / 4
    assert held_back(COFFEE, Tuning()) == timedelta()
    assert tuned(COFFEE, Tuning()) == COFFEE
