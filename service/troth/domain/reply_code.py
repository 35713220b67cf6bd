"""The code in a reply: the small number that says which of several open nudges is meant."""

import re

from troth.domain.grammar import LONGEST_PHRASE, Grammar, Verb
from troth.domain.said import Expected, Said
from troth.domain.states import AnswerKind
from troth.domain.visible import EDGES, folded, raw_count

CODED_AFTER = frozenset({Verb.DONE, Verb.NO, Verb.SKIP, Verb.BEGIN, Verb.UNDO, Verb.WHY})
_BY_NUMBER = frozenset({AnswerKind.RATING, AnswerKind.CHOICE, AnswerKind.NUMBER})
_NUMBER = re.compile(r"[0-9]{1,6}")


def split_code(
    words: list[str], grammar: Grammar, expected: Expected
) -> tuple[int | None, list[str]]:
    """Split off a code: a known number before something else, or right after a short verb."""
    code, rest = _leading_code(words, expected)
    return (code, rest) if code is not None else _trailing_code(words, grammar, expected)


def undo_of_code(words: list[str], grammar: Grammar) -> Said | None:
    """Read `undo 3` and `3 undo`, whatever is open: what was answered need not be any more."""
    for number, rest in ((words[:1], words[1:]), (words[-1:], words[:-1])):
        code = read_number(number[0].replace("#", "", 1)) if rest and "/" not in number[0] else None
        plain = folded(rest) if code is not None and len(rest) <= LONGEST_PHRASE else ()
        if plain and grammar.match(plain) == (Verb.UNDO, len(plain)):
            return Said(Verb.UNDO, code=code)
    return None


def read_number(word: str) -> int | None:
    """Return the number that a word is, also as `8/10`; None for any other."""
    bare = word.strip(EDGES)
    head, slash, scale = bare.partition("/")
    if slash and scale != "10":
        return None
    return int(head) if _NUMBER.fullmatch(head) else None


def _leading_code(words: list[str], expected: Expected) -> tuple[int | None, list[str]]:
    """Split off a known number before something else, or alone where no number is an answer."""
    number = read_number(words[0].replace("#", "", 1)) if words else None
    if number is None or number not in expected.codes or "/" in words[0]:
        return None, words
    if len(words) == 1 and expected.kind in _BY_NUMBER and "#" not in words[0]:
        return None, words
    if expected.kind is AnswerKind.NUMBER and len(expected.codes) == 1:
        return None, words  # "62 ms" measures, though the code may be 62
    return number, words[1:]


def _trailing_code(
    words: list[str], grammar: Grammar, expected: Expected
) -> tuple[int | None, list[str]]:
    """Split off the code of `done 3`, `done #3 lovely`, `done 3: lovely` and `done 3 8`.

    In `done 3 times` it is no code: after it must come an end, a mark or a number.
    """
    found = grammar.match(folded(words)) if expected.codes else None
    if found is None or found[0] not in CODED_AFTER:
        return None, words
    spoken = raw_count(words, found[1])
    if spoken == len(words) or "/" in words[spoken]:
        return None, words
    number, after = read_number(words[spoken].replace("#", "", 1)), words[spoken + 1 :]
    is_rating = expected.kind is AnswerKind.RATING and not (after and after[0][0].isdigit())
    is_ended = not after or words[spoken][-1] in EDGES or after[0][0].isdigit()
    if number not in expected.codes or not ("#" in words[spoken] or (is_ended and not is_rating)):
        return None, words
    return number, words[:spoken] + after
