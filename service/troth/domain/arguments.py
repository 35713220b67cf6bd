"""What follows a verb: a length or a time after `later`, a day after `swap`, words of thanks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from troth.domain.grammar import Grammar, Verb, longest
from troth.domain.lengths import read_length
from troth.domain.said import Said
from troth.domain.visible import EDGES, folded, folded_word, is_emoji
from troth.domain.vocabulary import Day, Vocabulary
from troth.domain.when import MOST_WORDS, When, read_when

# "Go" and "next" begin many a sentence, so these are the whole message, but for an emoji after it.
WHOLE = frozenset(
    {
        Verb.BEGIN,
        Verb.UNDO,
        Verb.WHY,
        Verb.SCORE,
        Verb.NEXT,
        Verb.RESUME,
        Verb.REPAIR,
        Verb.REPAIR_OVER,
        Verb.SUGGEST,
        Verb.SHARE,
        Verb.ENOUGH,
    }
)
OVER = "over"
_DAY, _WEEKEND, _WEEK = timedelta(days=1), timedelta(days=2), timedelta(days=7)
_QUIET = {Day.TODAY: _DAY, Day.TONIGHT: _DAY, Day.WEEKEND: _WEEKEND, Day.NEXT_WEEK: _WEEK}


def read_argument(
    verb: Verb, phrase: Sequence[str], rest: list[str], grammar: Grammar
) -> Said | None:
    """Return a verb with what follows its phrase; None where that makes it something else."""
    if verb in WHOLE:
        return None if folded(rest) and not is_emoji("".join(rest)) else Said(verb)
    reader = _READERS.get(verb)
    if reader is None:
        return Said(verb, words=as_words(rest))
    said = reader(list(phrase), rest, grammar.vocabulary)
    return _with_season(said, rest, grammar) if verb is Verb.SEASON else said


def as_words(words: Sequence[str]) -> str:
    """Return words as they are kept: without the marks that parted them from the verb."""
    return " ".join(words).lstrip(EDGES).strip()


def read_later(phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> Said | None:
    """Read `later`, `later 30 min`, `at 9pm`; anything else after it is not a snooze."""
    if not folded(rest):
        return Said(Verb.LATER)
    length = read_length(rest, vocabulary)
    if length is not None and not _is_clock(phrase, rest, vocabulary):
        return Said(Verb.LATER, later=length)
    when = read_when(rest, vocabulary)
    is_today = when is not None and when.day in (None, Day.TODAY, Day.TONIGHT)
    if when is None or when.at is None or not is_today:
        return None
    return Said(Verb.LATER, later=when.at)


def _is_clock(phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> bool:
    """Say whether `21h` is an hour of the clock: after "at", where it can be read as one."""
    last = folded_word(phrase[-1]) if phrase else ""
    is_at = last in vocabulary.at or folded_word(rest[0]) in vocabulary.at
    when = read_when(rest, vocabulary) if is_at else None
    return when is not None and when.at is not None


def _pause(_phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> Said | None:
    if not folded(rest):
        return Said(Verb.PAUSE)
    if length := read_length(rest, vocabulary):
        return Said(Verb.PAUSE, length=length)
    when = read_when(rest, vocabulary)
    return Said(Verb.PAUSE, when=when) if when else None


def _quiet(_phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> Said | None:
    """Read `quiet`, `quiet week`, `quiet weekend`, `quiet for 3 days`."""
    if not folded(rest):
        return Said(Verb.QUIET)
    if length := read_length(rest, vocabulary) or read_length(["1", *rest], vocabulary):
        return Said(Verb.QUIET, length=length)
    when = read_when(rest, vocabulary)
    if when is None or when.at is not None or when.day is None:
        return None
    length = _QUIET.get(when.day, _DAY) if isinstance(when.day, Day) else _DAY
    starts = None if when.day in (Day.TODAY, Day.TONIGHT) else when
    return Said(Verb.QUIET, length=length, when=starts)


def _another(phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> Said | None:
    """Read `another`, a different card; `another 30 min` asks for time."""
    return read_later(phrase, rest, vocabulary) if folded(rest) else Said(Verb.ANOTHER)


def _goal(_phrase: list[str], rest: list[str], _: Vocabulary) -> Said | None:
    """Read `new goal learn to swim`; without its words it is none."""
    return Said(Verb.GOAL, words=as_words(rest)) if folded(rest) else None


def _timeout(_phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> Said | None:
    """Read `timeout` and `timeout 40 min`: it may be the first word of a hard evening."""
    if not folded(rest):
        return Said(Verb.TIMEOUT)
    length = read_length(rest, vocabulary)
    return Said(Verb.TIMEOUT, length=length) if length else None


def _season(_phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> Said | None:
    """Read `season newborn`, `season newborn for 3 months`, `season illness until 1 May`."""
    for start in range(max(0, len(rest) - MOST_WORDS), len(rest)):
        length = read_length(rest[start:], vocabulary)
        when = None if length else read_when(rest[start:], vocabulary)
        if length or when:
            return Said(Verb.SEASON, words=as_words(rest[:start]), length=length, when=when)
    return Said(Verb.SEASON, words=as_words(rest))


def _with_season(said: Said | None, rest: list[str], grammar: Grammar) -> Said | None:
    """Name the kind of season that the first words after the verb mean, and whether it is over."""
    plain = folded(rest)
    count = longest(grammar.seasons, plain)
    kind = grammar.seasons[plain[:count]] if count else None
    ends = grammar.choices.get(plain[count:]) == OVER
    return replace(said, season=kind, ends=ends) if said else said


def _swap(_phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> Said | None:
    return Said(Verb.SWAP, words=as_words(rest), when=read_when(rest, vocabulary))


def _promise(_phrase: list[str], rest: list[str], vocabulary: Vocabulary) -> Said | None:
    """Read `promise <words> by <when>`. The last "by" that a day or time follows parts them."""
    if not folded(rest):
        return None
    plain = tuple(map(folded_word, rest))
    for start in reversed(range(max(0, len(rest) - MOST_WORDS - 1), len(rest))):
        count = longest(vocabulary.by, plain[start:])
        when = read_when(rest[start + count :], vocabulary) if count else None
        if when is not None:
            return Said(Verb.PROMISE, words=as_words(rest[:start]), when=when)
    return _promised_day(rest, vocabulary)


def _promised_day(rest: list[str], vocabulary: Vocabulary) -> Said:
    """Read the day of `promise flowers tomorrow`, which no "by" announces."""
    when: When | None = None
    start = max(1, len(rest) - MOST_WORDS)
    while start < len(rest) and when is None:
        when = None if _is_small(rest[start], vocabulary) else read_when(rest[start:], vocabulary)
        start += when is None
    if when is None or when.day is None:
        return Said(Verb.PROMISE, words=as_words(rest))
    end = start
    while end > 1 and _is_small(rest[end - 1], vocabulary):
        end -= 1
    return Said(Verb.PROMISE, words=as_words(rest[:end]), when=when)


def _is_small(word: str, vocabulary: Vocabulary) -> bool:
    return folded_word(word) in vocabulary.fillers


_READERS: dict[Verb, Callable[[list[str], list[str], Vocabulary], Said | None]] = {
    Verb.LATER: read_later,
    Verb.PAUSE: _pause,
    Verb.QUIET: _quiet,
    Verb.SWAP: _swap,
    Verb.PROMISE: _promise,
    Verb.ANOTHER: _another,
    Verb.GOAL: _goal,
    Verb.TIMEOUT: _timeout,
    Verb.SEASON: _season,
}
