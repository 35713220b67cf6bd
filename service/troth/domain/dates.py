"""Dates as people write them: 12.3., 3/12, 2026-03-12, 12 March, March 12th."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from troth.domain.visible import EDGES
from troth.domain.vocabulary import Vocabulary

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})?")
_SHORT_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9])")  # two digits are minutes: 21.30
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}|[0-9]{2}))?")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|er|re|o|a)?")
_YEAR = re.compile(r"20[0-9]{2}")
_MARKS = EDGES.replace(".", "")
_ANY_LEAP_YEAR = 2024


@dataclass(frozen=True)
class CalendarDay:
    """A day of the calendar, in any year where none was said."""

    month: int
    day: int
    year: int | None = None


def read_date(
    words: Sequence[str], plain: Sequence[str], vocabulary: Vocabulary
) -> tuple[CalendarDay, int] | None:
    """Return the date that `words` begin with, and how many of them it is.

    `plain` are the same words folded, in which the dot of 12.3. is no longer to be seen.
    """
    figures = _figures(words[0].strip(_MARKS), vocabulary)
    return (figures, 1) if figures else _spelled(plain, vocabulary)


def _figures(word: str, vocabulary: Vocabulary) -> CalendarDay | None:
    if found := _ISO.fullmatch(word.strip(EDGES)):
        return _day(found[3], found[2], found[1])
    if found := _DOTTED.fullmatch(word):
        return _day(found[1], found[2], found[3])
    if found := _SHORT_DOTTED.fullmatch(word):
        return _day(found[1], found[2])
    if found := _SLASHED.fullmatch(word.strip(EDGES)):
        one, other = _day(found[1], found[2], found[3]), _day(found[2], found[1], found[3])
        return other or one if vocabulary.month_first else one or other
    return None


def _spelled(plain: Sequence[str], vocabulary: Vocabulary) -> tuple[CalendarDay, int] | None:
    """Read `12 march`, `12. März`, `12 de marzo`, `march 12th`, each with a year or without."""
    month, day, count = None, None, 0
    for word in plain[:5]:
        ordinal = _ORDINAL.fullmatch(word)
        if month is None and word in vocabulary.months:
            month = vocabulary.months[word]
        elif day is None and ordinal:
            day = ordinal[1]
        elif month and day and _YEAR.fullmatch(word):
            return _counted(_day(day, str(month), word), count + 1)
        elif word not in vocabulary.fillers or (month and day):
            break
        count += 1
    return _counted(_day(day, str(month)), count) if month and day else None


def _counted(day: CalendarDay | None, count: int) -> tuple[CalendarDay, int] | None:
    return (day, count) if day else None


def _day(day: str, month: str, year: str | None = None) -> CalendarDay | None:
    """Return the day if the calendar has it."""
    full = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
    try:
        found = date(full or _ANY_LEAP_YEAR, int(month), int(day))
    except ValueError:
        return None
    return CalendarDay(found.month, found.day, full)
