"""Days and times in people's own words, and the local moment they mean.

Reading looks at the words alone; `resolve` needs to be told what the local clock shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from troth.domain.dates import CalendarDay, read_date
from troth.domain.grammar import longest
from troth.domain.times import read_time
from troth.domain.visible import folded_word
from troth.domain.vocabulary import WEEK, Day, Vocabulary

MOST_WORDS = 8
END_OF_DAY = time(23, 59)
_NOON = 12
_LEAP_YEARS_APART = 8  # at most, around a century


@dataclass(frozen=True)
class When:
    """A day, a time or both, as read. `text` keeps how it was written.

    Without a time the day counts as a whole; without a day the time's next coming is meant.
    """

    day: Day | CalendarDay | None = None
    at: time | None = None
    text: str = field(default="", compare=False)


def read_when(words: Sequence[str], vocabulary: Vocabulary) -> When | None:
    """Return the day and time that are all of `words`; None where they say anything else."""
    if not 0 < len(words) <= MOST_WORDS:
        return None
    plain = tuple(map(folded_word, words))
    found, index = When(text=" ".join(words)), 0
    while index < len(words):
        step = _step(words[index:], plain[index:], vocabulary, found)
        if step is None:
            return None
        found, taken = step
        index += taken
    return _evening(found) if found.day or found.at else None


def _step(
    words: Sequence[str], plain: tuple[str, ...], vocabulary: Vocabulary, found: When
) -> tuple[When, int] | None:
    """Read one part from the front: what it adds, and how many words it took."""
    if found.day is None:
        if count := longest(vocabulary.days, plain):
            return replace(found, day=vocabulary.days[plain[:count]]), count
        if dated := read_date(words, plain, vocabulary):
            return replace(found, day=dated[0]), dated[1]
    if found.at is None:
        timed = read_time(plain, vocabulary, is_dated=found.day is not None)
        if timed:
            return replace(found, at=timed[0]), timed[1]
    return (found, 1) if _is_filler(plain[0], vocabulary) else None


def _is_filler(word: str, vocabulary: Vocabulary) -> bool:
    return not word or word in vocabulary.fillers or word in vocabulary.at


def _evening(found: When) -> When:
    """Tonight at nine is 21:00, whether or not that was said."""
    if found.day is not Day.TONIGHT or found.at is None or not 0 < found.at.hour < _NOON:
        return found
    return replace(found, at=found.at.replace(hour=found.at.hour + _NOON))


def resolve(when: When, local: datetime, default: time = END_OF_DAY) -> datetime:
    """Return the naive local moment that `when` means for one whose clock shows naive `local`.

    A weekday is the next one after today, a date without a year the next one from today on. A day
    without a time is taken at `default`.
    """
    if when.day is None:
        moment = datetime.combine(local.date(), when.at or default)
        return moment if moment > local else moment + timedelta(days=1)
    return datetime.combine(_date(when.day, local.date()), when.at or default)


def _date(day: Day | CalendarDay, today: date) -> date:
    if isinstance(day, CalendarDay):
        return _calendar_date(day, today)
    if day in WEEK:
        ahead = (WEEK.index(day) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead)
    match day:
        case Day.TOMORROW:
            return today + timedelta(days=1)
        case Day.OVERMORROW:
            return today + timedelta(days=2)
        case Day.WEEKEND:
            return today + timedelta(days=max(0, 5 - today.weekday()))
        case Day.NEXT_WEEK:
            return today + timedelta(days=7 - today.weekday())
        case _:
            return today


def _calendar_date(day: CalendarDay, today: date) -> date:
    if day.year is not None:
        return date(day.year, day.month, day.day)
    for year in range(today.year, today.year + _LEAP_YEARS_APART + 1):
        try:
            found = date(year, day.month, day.day)
        except ValueError:
            continue  # the 29th of February
        if found >= today:
            return found
    raise AssertionError("a date that was read comes at least every eight years")
