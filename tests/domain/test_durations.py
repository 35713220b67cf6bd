"""Lengths of time: what is read, what is refused, and the way back."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.domain.durations import LONGEST, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "length", "written"),
    [
        ("20s", timedelta(seconds=20), "20s"),
        ("45m", timedelta(minutes=45), "45m"),
        ("90m", timedelta(minutes=90), "1h30m"),
        ("2h", timedelta(hours=2), "2h"),
        ("1h30m", timedelta(minutes=90), "1h30m"),
        ("1H 30 M", timedelta(minutes=90), "1h30m"),
        (" 3d ", timedelta(days=3), "3d"),
        ("2w", timedelta(days=14), "14d"),
        ("1w2d3h4m5s", timedelta(days=9, hours=3, minutes=4, seconds=5), "9d3h4m5s"),
        ("0m", timedelta(), "0m"),
    ],
)
def test_a_length_is_read_and_written(text, length, written):
    assert parse_duration(text) == length
    assert format_duration(length) == written


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "m", "45", "45 minutes", "1.5h", "-5m", "+5m", "1h30", "h1", "5x", "123456m"),
        *("4\u0665m", "5\u017f", "5\uff4d", "1m" * 6, "1m" + " " * 60 + "x"),
    ],
)
def test_what_is_no_length_shows_how_to_write_one(text):
    with pytest.raises(ValueError, match="write for example 45m, 2h or 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["3651d", "99999w", "99999w" * 5, "87601h"])
def test_more_than_ten_years_is_too_long(text):
    with pytest.raises(ValueError, match="at most ten years"):
        parse_duration(text)


def test_the_longest_length_still_gives_a_moment():
    assert datetime(2099, 1, 1) + parse_duration("3650d") > datetime(2108, 1, 1)  # noqa: DTZ001


@given(st.integers(0, int(LONGEST.total_seconds())))
def test_what_is_written_is_read_back(seconds):
    length = timedelta(seconds=seconds)
    assert parse_duration(format_duration(length)) == length


@given(st.text(max_size=60) | st.from_regex(r"(\d{1,6}[ smhdwSMHDW]){1,6}"))
def test_any_text_is_read_or_refused(text):
    try:
        assert timedelta() <= parse_duration(text) <= LONGEST
    except ValueError as error:
        assert len(str(error)) < 150
