"""Times of day as people write them: 21:30, 21.30, 21h30, 9pm, 9 o'clock, noon."""

import re
from collections.abc import Sequence
from datetime import time

from troth.domain.grammar import longest
from troth.domain.vocabulary import Vocabulary

_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?([^\W\d_.]+(?:\.[a-z])?)?")
_NOON = 12


def read_time(
    plain: Sequence[str], vocabulary: Vocabulary, *, is_dated: bool = False
) -> tuple[time, int] | None:
    """Return the time that these folded words begin with, and how many of them it is.

    A bare hour up to twelve could be either half of the day: it is one only beside a day, or where
    a word for the clock follows it.
    """
    words = tuple(plain)
    if named := longest(vocabulary.times, words):
        return vocabulary.times[words[:named]], named
    found = _CLOCK.fullmatch(words[0])
    if found is None:
        return None
    suffix, taken = found[3], 1
    marks = vocabulary.am | vocabulary.pm | vocabulary.clock
    if suffix is None and len(words) > 1 and words[1] in marks:
        suffix, taken = words[1], 2
    is_told = bool(found[2] or suffix or is_dated or int(found[1]) > _NOON)
    at = _time(int(found[1]), int(found[2] or 0), suffix, vocabulary) if is_told else None
    return (at, taken) if at else None


def _time(hour: int, minute: int, suffix: str | None, vocabulary: Vocabulary) -> time | None:
    halved = suffix in vocabulary.am or suffix in vocabulary.pm
    if suffix is not None and not halved and suffix not in vocabulary.clock:
        return None
    if halved:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if suffix in vocabulary.pm else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
