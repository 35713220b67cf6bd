"""Replies made to break the reader: it never raises, and reads no more than its share."""

import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_reply import DONE, RATING, WORDS
from troth.domain.grammar import Verb
from troth.domain.parse import parse
from troth.domain.said import RATINGS, Expected, Said
from troth.domain.states import AnswerKind
from troth.domain.visible import LONGEST_TEXT, MOST_LINES
from troth.schedules.languages import load_languages

GRAMMAR = load_languages().of("de").grammar  # with English beside it: the most there is to look at

HOSTILE = {
    "one long word": "a",
    "blanks": " ",
    "marks": "-",
    "a mark and a blank": "- ",
    "words": "a ",
    "digits": "9",
    "codes": "3 ",
    "later": "later ",
    "lengths": "later 1m",
    "lines": "\n",
    "quotes": ">\n",
    "nested quotes": "> > ",
    "marks of two classes to be ordered": "\u0301\u0323",
    "ligatures that grow eighteenfold": "\ufdfa",
    "invisible characters": "\u200b",
    "bidi controls": "\u202e",
    "skin tones": "👍🏽",
    "lone surrogates": "\ud800",
    "zeros": "\x00",
    "taps": "Liked “",
    "quotes of all kinds": '“„«"',
    "promises": "promise by ",
    "asides": "no problem ",
    "turns": "yes but ",
    "numbers in words": "two weeks ",
    "dates": "12.3. ",
    "dotted digits": "1.",
    "keycaps": "3\ufe0f\u20e3",
    "emoji": "😂",
    "stops": "done stop ",
}
snippets = st.sampled_from(
    [
        *HOSTILE.values(),
        *[
            "done",
            "no",
            "skip",
            "later",
            "stop",
            "8",
            "3",
            "8/10",
            "21:30",
            "30m",
            "👍🏽",
            "❤️",
            ">",
            "“",
        ],
        "\r\n",
        "\u2028",
    ]
)
texts = st.text() | st.lists(snippets | st.text(max_size=3), max_size=40).map("".join)
codes = st.dictionaries(st.integers(1, 12), st.sampled_from(AnswerKind), max_size=4)
expectations = st.sampled_from([DONE, RATING, WORDS]) | st.builds(
    Expected, st.sampled_from([None, *AnswerKind]), codes
)


def calls_to_read(text: str, expected: Expected) -> int:
    """Return how many calls, of Python and of C, reading `text` takes."""
    calls, before = 0, sys.getprofile()

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        parse(text, GRAMMAR, expected)
    finally:
        sys.setprofile(before)
    return calls


@settings(max_examples=250)
@given(texts, expectations)
def test_any_text_is_read_without_raising(text, expected):
    said = parse(text, GRAMMAR, expected)
    assert said.code is None or said.code in expected.codes
    assert said.rating is None or said.rating in RATINGS
    assert (said.rating is not None) == (said.verb is Verb.RATING)
    assert said.later is None or said.verb is Verb.LATER
    assert len(said.words) <= LONGEST_TEXT


@pytest.mark.parametrize("expected", [DONE, RATING, WORDS, Expected(None, {3: AnswerKind.DONE})])
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_four_times_the_text_takes_no_more_than_four_times_the_work(unit, expected):
    longest = unit * (64 * LONGEST_TEXT // len(unit))
    quarter = calls_to_read(longest[: LONGEST_TEXT // 4], expected)
    whole = calls_to_read(longest[:LONGEST_TEXT], expected)
    beyond = calls_to_read(longest, expected)
    assert whole <= 4 * quarter + 100
    assert beyond <= whole + 100


@given(st.text(max_size=200), st.text(max_size=200))
def test_nothing_beyond_the_cap_is_looked_at(own, hidden):
    filled = own + "x" * (LONGEST_TEXT - len(own))
    assert parse(filled + hidden, GRAMMAR, WORDS) == parse(filled, GRAMMAR, WORDS)


def test_no_line_beyond_the_cap_is_looked_at():
    assert parse("\n" * (MOST_LINES - 1) + "done", GRAMMAR, DONE) == Said(Verb.DONE)
    assert parse("\n" * MOST_LINES + "done", GRAMMAR, DONE) == Said(Verb.UNKNOWN)
