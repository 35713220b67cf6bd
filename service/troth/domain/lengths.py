"""Lengths of time in people's own words: `30 min`, `two weeks`, `half an hour`, `1h30m`."""

import re
from collections.abc import Sequence
from datetime import timedelta

from troth.domain.durations import LONGEST, parse_duration
from troth.domain.grammar import longest
from troth.domain.visible import EDGES, folded_word
from troth.domain.vocabulary import Phrase, Vocabulary

MOST_WORDS = 10
_NUMBER = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,2})?")
_PART = re.compile(rf"{_NUMBER.pattern}|[^\W\d_]+")


def read_length(words: Sequence[str], vocabulary: Vocabulary) -> timedelta | None:
    """Return the length that is all of `words`; None where they say anything else, or nothing."""
    if not 0 < len(words) <= MOST_WORDS:
        return None
    try:
        length = parse_duration(" ".join(words).strip(EDGES))
    except ValueError:
        length = _sum(_parts(words), vocabulary)
    return length if timedelta() < length <= LONGEST else None


def _parts(words: Sequence[str]) -> Phrase:
    """Split `1h30` and `30min` into numbers and words; a word with other marks stays whole."""
    parts: list[str] = []
    for word in map(folded_word, words):
        found = _PART.findall(word) if word[:1].isdigit() else [word]
        whole = "".join(found) == word
        parts += found if whole else [word]
    return tuple(part for part in parts if part)[: 2 * MOST_WORDS]


def _sum(parts: Phrase, vocabulary: Vocabulary) -> timedelta:
    """Add up numbers with their units; nothing where a part fits nowhere."""
    total, count = timedelta(), None
    while parts:
        fixed = longest(vocabulary.lengths, parts)
        if fixed and count is None:
            total += vocabulary.lengths[parts[:fixed]]
            parts = parts[fixed:]
            continue
        part, parts = parts[0], parts[1:]
        number = _number(part, vocabulary)
        if part in vocabulary.units and count is not None:
            total, count = total + count * vocabulary.units[part], None
        elif number is not None and count is None:
            count = number
        elif part not in vocabulary.fillers or count is not None:
            return timedelta()
    return total if count is None else timedelta()


def _number(part: str, vocabulary: Vocabulary) -> float | None:
    if _NUMBER.fullmatch(part):
        return float(part.replace(",", "."))
    return vocabulary.numbers.get(part)
