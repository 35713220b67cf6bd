"""Three steady weeks: two thirds kept in each of them."""

from datetime import UTC, datetime, timedelta

from troth.domain.steadiness import Counted, is_steady

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)


def days(kept: str) -> list[Counted]:
    """A day a letter, the last of them today: `k` was kept."""
    return [
        Counted(NOW - timedelta(days=len(kept) - 1 - place), letter == "k")
        for place, letter in enumerate(kept)
    ]


def test_two_thirds_of_each_week_are_steady():
    assert is_steady(days("kkkkk--" * 3), NOW)
    assert not is_steady(days("kkkkkkk" + "kkkk---" + "kkkkkkk"), NOW)


def test_a_week_in_which_nothing_counted_is_not_steady():
    assert not is_steady(days("k" * 14), NOW)
    assert is_steady(days("k" * 15), NOW)


def test_one_ritual_a_week_can_be_steady():
    assert is_steady([Counted(NOW - timedelta(weeks=week), True) for week in range(3)], NOW)
