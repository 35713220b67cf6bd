"""Days, times and lengths in people's own words."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.domain.dates import CalendarDay
from troth.domain.lengths import read_length
from troth.domain.vocabulary import Day
from troth.domain.when import When, read_when, resolve
from troth.schedules.languages import load_languages

LANGUAGES = load_languages()
SATURDAY = datetime(2026, 11, 21, 18, 0)  # noqa: DTZ001 - a wall clock


def when(text: str, language: str = "en") -> When | None:
    return read_when(text.split(), LANGUAGES.of(language).grammar.vocabulary)


def length(text: str, language: str = "en") -> timedelta | None:
    return read_length(text.split(), LANGUAGES.of(language).grammar.vocabulary)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "friday", When(Day.FRIDAY)),
        ("en", "Friday, 8pm", When(Day.FRIDAY, time(20))),
        ("en", "tomorrow at 9", When(Day.TOMORROW, time(9))),
        ("en", "tonight at 9", When(Day.TONIGHT, time(21))),
        ("en", "12 a.m.", When(None, time(0))),
        ("en", "noon", When(None, time(12))),
        ("en", "12.3.", When(CalendarDay(3, 12))),
        ("en", "3/12", When(CalendarDay(3, 12))),
        ("en", "25/12", When(CalendarDay(12, 25))),
        ("en", "2026-03-12", When(CalendarDay(3, 12, 2026))),
        ("en", "March 12th 2027", When(CalendarDay(3, 12, 2027))),
        ("en", "the 12th of march at 21.30", When(CalendarDay(3, 12), time(21, 30))),
        ("de", "am 12. März um 20 Uhr", When(CalendarDay(3, 12), time(20))),
        ("de", "3/12", When(CalendarDay(12, 3))),
        ("de", "übermorgen", When(Day.OVERMORROW)),
        ("es", "el 12 de marzo a las 21:30", When(CalendarDay(3, 12), time(21, 30))),
        ("es", "pasado mañana", When(Day.OVERMORROW)),
        ("fr", "vendredi à 20h30", When(Day.FRIDAY, time(20, 30))),
        ("fr", "le 1er mai", When(CalendarDay(5, 1))),
        ("pt", "sexta-feira às 20h", When(Day.FRIDAY, time(20))),
        ("pt", "terca", When(Day.TUESDAY)),
    ],
)
def test_a_day_or_a_time_is_read(language, text, expected):
    assert when(text, language) == expected


@pytest.mark.parametrize(
    "text", ["", "at", "9", "25:00", "13pm", "31.2.", "2026-13-01", "friday friday", "by heart"]
)
def test_what_is_no_day_and_no_time_is_not_guessed(text):
    assert when(text) is None


@pytest.mark.parametrize(
    ("language", "text", "minutes"),
    [
        ("en", "30 min", 30),
        ("en", "1h30", None),
        ("en", "1h30m", 90),
        ("en", "half an hour", 30),
        ("en", "for two weeks", 20_160),
        ("en", "an hour and a half", 90),
        ("en", "1.5 hours", 90),
        ("en", "a month", 43_200),
        ("en", "0 days", None),
        ("en", "99999 months", None),
        ("en", "two", None),
        ("en", "days", None),
        ("de", "anderthalb Stunden", 90),
        ("de", "für zwei Wochen", 20_160),
        ("es", "hora y media", 90),
        ("fr", "une demi-heure", 30),
        ("fr", "quinze jours", 20_160),
        ("pt", "duas semanas", 20_160),
    ],
)
def test_a_length_is_read_whole_or_not_at_all(language, text, minutes):
    assert length(text, language) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (When(Day.SATURDAY), datetime(2026, 11, 28, 23, 59)),  # noqa: DTZ001
        (When(Day.MONDAY, time(8)), datetime(2026, 11, 23, 8)),  # noqa: DTZ001
        (When(Day.WEEKEND), datetime(2026, 11, 21, 23, 59)),  # noqa: DTZ001
        (When(Day.NEXT_WEEK), datetime(2026, 11, 23, 23, 59)),  # noqa: DTZ001
        (When(None, time(17)), datetime(2026, 11, 22, 17)),  # noqa: DTZ001
        (When(None, time(19)), datetime(2026, 11, 21, 19)),  # noqa: DTZ001
        (When(CalendarDay(3, 12)), datetime(2027, 3, 12, 23, 59)),  # noqa: DTZ001
        (When(CalendarDay(2, 29)), datetime(2028, 2, 29, 23, 59)),  # noqa: DTZ001
        (When(CalendarDay(3, 12, 2026)), datetime(2026, 3, 12, 23, 59)),  # noqa: DTZ001
    ],
)
def test_a_day_is_the_next_one_on_the_local_clock(read, expected):
    assert resolve(read, SATURDAY) == expected


def test_a_day_without_a_time_is_taken_at_the_one_given():
    assert resolve(When(Day.TOMORROW), SATURDAY, time(20)).time() == time(20)


@given(st.sampled_from(Day), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_named_day_lies_from_today_to_a_week_ahead(day, local):
    ahead = resolve(When(day), local).date() - local.date()
    assert timedelta(0) <= ahead <= timedelta(days=7)


@given(st.dates(), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_date_without_a_year_never_lies_behind(day, local):
    found = resolve(When(CalendarDay(day.month, day.day)), local)
    assert found.date() >= local.date()
    assert (found.month, found.day) == (day.month, day.day)
