"""What a reply says: pure, total and linear in its length.

The verb stands at the start of the first visible line; a code or a rating may stand before it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from troth.domain.durations import parse_duration
from troth.domain.grammar import LEGAL, Grammar, Verb
from troth.domain.states import AnswerKind

LONGEST_TEXT = 4_096
MOST_LINES = 64
RATINGS = range(1, 11)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_EDGES = " \t.,;:!?¡¿\"'“”‘’«»()[]*_-–—…"  # noqa: RUF001 - people's phones type these
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Reply:
    """Anything that comes back, by any way in.

    `way` names the way in and `provider_id` the message within it: together they come once.
    `nudge_id` is set where a link or a thread tells which nudge is meant, `channel_id` where one
    channel is known; `said` where a button leaves nothing to be read. What is said back to a
    `discreet` one may stand on a locked screen, and names no ritual.
    """

    way: str
    provider_id: str
    couple_id: int
    partner_id: int
    text: str
    received_at: datetime
    nudge_id: int | None = None
    channel_id: int | None = None
    said: "Said | None" = None
    discreet: bool = False


@dataclass(frozen=True)
class Said:
    """A reply, read. `words` keeps the writer's spelling; `later` is a length or a clock time."""

    verb: Verb
    code: int | None = None
    rating: int | None = None
    words: str = ""
    later: timedelta | time | None = None


@dataclass(frozen=True)
class Expected:
    """What would make sense now: the kind asked for, and what each open nudge's code asks for."""

    kind: AnswerKind | None = None
    codes: Mapping[int, AnswerKind] = field(default_factory=dict)


def visible_text(text: str) -> str:
    """Return the writer's own lines: normalised, without quoted lines and invisible characters."""
    shown = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])[:LONGEST_TEXT]
    lines = shown.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]
    clean = ("".join(_visible(char) for char in line).strip() for line in lines)
    return "\n".join(line for line in clean if line and not line.startswith(">"))


def _visible(char: str) -> str:
    if char == "\t":
        return " "
    invisible = unicodedata.category(char) in ("Cf", "Cc", "Cs")
    variant = "\ufe00" <= char <= "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
    return "" if invisible or variant else char


def parse(text: str, grammar: Grammar, expected: Expected) -> Said:
    """Return what `text` says; UNKNOWN, with its words, where it says nothing Troth can act on."""
    visible = visible_text(text)
    first_line, _, _ = visible.partition("\n")
    legal = _legal(first_line.split(), grammar)
    if legal is not None:
        return Said(legal)
    words = visible.split()
    code, rest = _leading_code(words, expected)
    coded = expected if code is None else Expected(expected.codes[code])
    said = replace(_statement(rest, grammar, coded), code=code)
    if code is not None and said.verb is Verb.UNKNOWN:
        unled = _statement(words, grammar, expected)  # "3 was hard" rates, though a code is 3 too
        return unled if unled.verb is Verb.RATING else said
    return said


def normal_words(text: str) -> tuple[str, ...]:
    """Return a phrase as the parser compares it: visible, case-folded, without edge marks."""
    return _folded(visible_text(text).split())


def _folded(words: list[str]) -> tuple[str, ...]:
    """Fold case and strip marks; a word of marks alone (an emoji's tail, a dash) vanishes."""
    folded = (word.casefold().strip(_EDGES) for word in words[:16])
    return tuple(word for word in folded if word)


def _legal(words: list[str], grammar: Grammar) -> Verb | None:
    """Return the legal verb that is all of these words, in any case and punctuation.

    They are the first line: a signature below STOP must not keep anyone from stopping.
    """
    folded = _folded(words)
    found = grammar.match(folded)
    return found[0] if found and found[0] in LEGAL and found[1] == len(folded) else None


def _leading_code(words: list[str], expected: Expected) -> tuple[int | None, list[str]]:
    """Split off a code: a known number before something else, or alone where none is rated."""
    number = _number(words[0]) if words else None
    if number is None or number not in expected.codes or "/" in words[0]:
        return None, words
    if len(words) == 1 and expected.kind is AnswerKind.RATING:
        return None, words
    return number, words[1:]


def _statement(words: list[str], grammar: Grammar, expected: Expected) -> Said:
    if expected.kind is AnswerKind.RATING and words:
        rating = _number(words[0])
        if rating in RATINGS:
            return Said(Verb.RATING, rating=rating, words=_rest(words, 1))
    found = grammar.match(_folded(words))
    if found is None or found[0] in LEGAL:
        return _unmatched(words, expected)
    verb, count = found
    spoken = _spoken(words, count)
    if verb is Verb.LATER:
        return _later(words, spoken, expected)
    if expected.kind is AnswerKind.WORDS and verb is not Verb.SKIP and spoken < len(words):
        return _unmatched(words, expected)  # "No phones at dinner" is an answer, not a no
    return _with_rating(Said(verb, words=_rest(words, spoken)), expected)


def _spoken(words: list[str], count: int) -> int:
    """Return how many raw words hold the first `count` folded ones."""
    seen = 0
    for index, word in enumerate(words):
        seen += bool(word.strip(_EDGES))
        if seen == count:
            return index + 1
    return len(words)


def _unmatched(words: list[str], expected: Expected) -> Said:
    text = " ".join(words)
    is_answer = expected.kind is AnswerKind.WORDS and bool(text.strip(_EDGES))
    return Said(Verb.WORDS if is_answer else Verb.UNKNOWN, words=text)


def _later(words: list[str], spoken: int, expected: Expected) -> Said:
    """Read `later`, `later 30m`, `later 21:30`; anything else after it is not a snooze."""
    rest = _rest(words, spoken).rstrip(_EDGES)
    if not rest:
        return Said(Verb.LATER)
    clock = _CLOCK.fullmatch(rest)
    if clock and int(clock[1]) < 24 and int(clock[2]) < 60:
        return Said(Verb.LATER, later=time(int(clock[1]), int(clock[2])))
    try:
        return Said(Verb.LATER, later=parse_duration(rest))
    except ValueError:
        return _unmatched(words, expected)


def _with_rating(said: Said, expected: Expected) -> Said:
    """Take the number out of `done 8 lovely` where a rating was asked for."""
    if expected.kind is not AnswerKind.RATING or said.verb is not Verb.DONE:
        return said
    first, _, rest = said.words.partition(" ")
    rating = _number(first)
    if rating not in RATINGS:
        return said
    return replace(said, verb=Verb.RATING, rating=rating, words=rest.strip())


def _number(word: str) -> int | None:
    bare = word.strip(_EDGES)
    head, slash, scale = bare.partition("/")
    if slash and scale != "10":
        return None
    return int(head) if _NUMBER.fullmatch(head) else None


def _rest(words: list[str], taken: int) -> str:
    return " ".join(words[taken:]).lstrip(_EDGES).strip()
