"""When a rating may be worth a talk, where a row of numbers goes, and how a long text is cut."""

import pytest

from troth.domain.brevity import bounded
from troth.domain.ratings import Trend, is_notable, trend
from troth.domain.showing import are_reviewed, are_shown
from troth.domain.states import Visibility

BOTH = ("ana", "ben")


@pytest.mark.parametrize(
    ("rating", "own", "others", "notable"),
    [
        (5, (7, 7, 7), None, True),
        (9, (7, 7, 7), None, True),
        (6, (7, 7, 7), None, False),
        (3, (7, 7), None, False),  # too few to tell what is usual
        (5, (2, 7, 9), None, True),
        (7, (), 4, True),
        (7, (), 10, True),
        (7, (), 5, False),
        (7, (7, 7, 7), 7, False),
    ],
)
def test_a_shift_of_two_from_the_median_or_a_gap_of_three_is_notable(
    rating: int, own: tuple[int, ...], others: int | None, notable: bool
) -> None:
    assert is_notable(rating, own, others) is notable


@pytest.mark.parametrize(
    ("numbers", "way"),
    [
        ((5, 6, 7), None),
        ((5, 5, 7, 7), Trend.UP),
        ((7, 7, 9, 5, 5), Trend.DOWN),
        ((6, 7, 6, 7), Trend.LEVEL),
    ],
)
def test_a_trend_is_the_later_half_beside_the_earlier(
    numbers: tuple[int, ...], way: Trend | None
) -> None:
    assert trend(numbers) is way


def test_words_are_shown_at_once_or_together_or_at_a_review_or_never() -> None:
    assert are_shown(Visibility.NOW, BOTH, ["ana"])
    assert not are_shown(Visibility.REVEALED, BOTH, ["ana"])
    assert are_shown(Visibility.REVEALED, BOTH, BOTH)
    for visibility in (Visibility.REVIEW, Visibility.SEALED):
        assert not are_shown(visibility, BOTH, BOTH)
    assert are_reviewed(Visibility.REVIEW, BOTH, ["ana"])
    assert are_reviewed(Visibility.REVEALED, BOTH, BOTH)
    assert not are_reviewed(Visibility.REVEALED, BOTH, ["ana"])
    assert not are_reviewed(Visibility.SEALED, BOTH, BOTH)


def test_a_long_text_is_cut_where_a_line_ends_or_else_a_word() -> None:
    assert bounded("short", 20, "more") == "short"
    lines = bounded("one line here\n" * 20, 100, "more")
    assert len(lines) <= 100
    assert lines.endswith("here…\n\nmore")
    assert len(bounded("x" * 500, 100, "more")) == 100
