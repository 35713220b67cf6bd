"""What a reply says: pure, total and linear in its length.

The verb stands at the start of the first visible line; a code or a rating may stand before it.
"""

import re
from dataclasses import replace

from troth.domain.arguments import as_words, read_argument, read_later
from troth.domain.choices import read_choice
from troth.domain.grammar import LEGAL, LONGEST_PHRASE, Grammar, Verb
from troth.domain.legal import legal_verb
from troth.domain.reply_code import CODED_AFTER, read_number, split_code, undo_of_code
from troth.domain.said import RATINGS, Expected, Said
from troth.domain.states import AnswerKind
from troth.domain.tapback import read_tapback
from troth.domain.visible import EDGES, folded, is_emoji, raw_count, visible_text

SEASON_WORDS = 3  # after the verb: more of them are hardly a kind of season
LONGEST_UNIT = 4  # letters: ms, bpm, kg
_ANSWERS = frozenset({Verb.DONE, Verb.NO, Verb.SKIP, Verb.LATER, Verb.BEGIN, Verb.RATING})
_MOST_ASIDES = 3
_MEASURED = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,3})?")


def parse(text: str, grammar: Grammar, expected: Expected) -> Said:
    """Return what `text` says; UNKNOWN, with its words, where it says nothing Troth can act on."""
    visible = visible_text(text)
    legal = legal_verb(visible, grammar, expected)
    if legal is not None:
        return Said(legal)
    tapped = read_tapback(text, grammar)
    if tapped is not None:
        return tapped
    words = visible.split()
    undone = undo_of_code(words, grammar)
    if undone is not None:
        return undone
    late = _spent(words, grammar, expected)
    if late is not None:
        return late
    code, rest = split_code(words, grammar, expected)
    coded = expected if code is None else expected.of(code)
    said = replace(_statement(rest, grammar, coded), code=code)
    if code is not None and said.verb is Verb.UNKNOWN:
        unled = _statement(words, grammar, expected)  # "3 was hard" rates, though a code is 3 too
        return unled if unled.verb is Verb.RATING else said
    return said


def _spent(words: list[str], grammar: Grammar, expected: Expected) -> Said | None:
    """Read `done 3` and `3 no` where 3 is what was closed lately, and no other answer is hidden.

    Where a rating or words are asked for, "done 3" may as well be one, so it takes `done #3`, or
    `3 done`, as the list of codes has taught.
    """
    is_plain = expected.kind is not AnswerKind.RATING and not expected.takes_words
    is_meant = any(word.startswith("#") for word in words[:2]) or _is_answer(words[1:], grammar)
    if not expected.spent or not (is_plain or is_meant):
        return None
    code, rest = split_code(words, grammar, Expected(codes=expected.spent))
    if code is None or code in expected.codes:
        return None
    said = _statement(rest, grammar, Expected(expected.spent[code]))
    return replace(said, code=code) if said.verb in CODED_AFTER | {Verb.RATING} else None


def _is_answer(words: list[str], grammar: Grammar) -> bool:
    """Say whether these words are one of the short answers, and nothing else."""
    plain = folded(words) if 0 < len(words) <= LONGEST_PHRASE else ()
    found = grammar.match(plain) if plain else None
    return found is not None and found[0] in CODED_AFTER and found[1] == len(plain)


def _statement(
    words: list[str], grammar: Grammar, expected: Expected, asides: int = _MOST_ASIDES
) -> Said:
    told = _rated(words, expected) or _measured(words, expected)
    told = told or read_choice(words, grammar, expected)
    if told is not None:
        return told
    plain = folded(words)
    found = _match(words, plain, grammar)
    aside = grammar.aside(plain) if asides and not expected.takes_words else 0
    if aside > (found[1] if found else 0):
        rest = words[raw_count(words, aside) :]
        said = _statement(rest, grammar, expected, asides - 1)
        return said if said.verb is not Verb.UNKNOWN else _unmatched(words, expected)
    if found is None or found[0] in LEGAL:
        return _bare_later(words, grammar, expected) or _unmatched(words, expected)
    spoken = raw_count(words, found[1])
    said = _followed(words, found[0], spoken, grammar, expected)
    # One turn only: "yes but yes but ..." is as long as its writer likes.
    may_turn = asides > 0 and said.verb is found[0] and not expected.takes_words
    turned = _turned(said, words[spoken:], grammar, expected) if may_turn else None
    return turned or _with_rating(said, expected)


def _match(words: list[str], plain: tuple[str, ...], grammar: Grammar) -> tuple[Verb, int] | None:
    """Match a phrase; a guest counts only alone or before a mark."""
    found = grammar.match(plain)
    if found is None or plain[: found[1]] not in grammar.guests:
        return found
    spoken = raw_count(words, 1)
    return found if spoken == len(words) or words[spoken - 1][-1] in EDGES else None


def _followed(
    words: list[str], verb: Verb, spoken: int, grammar: Grammar, expected: Expected
) -> Said:
    """Read what follows the phrase that is the first `spoken` of these words."""
    rest = words[spoken:]
    said = read_argument(verb, words[:spoken], rest, grammar)
    if said is None:
        return _unmatched(words, expected)
    if expected.takes_words and verb is Verb.ENOUGH:
        return _unmatched(words, expected)  # there are no steps to end: it is an answer
    is_of_goal = expected.is_goal and verb in (Verb.REACHED, Verb.GOAL)
    if not expected.takes_words or is_of_goal or _is_clear(said, rest):
        return said
    if expected.kind is AnswerKind.REVIEW and verb is Verb.DONE and spoken == 1:
        return Said(Verb.WORDS, words=as_words(rest))  # "done: more walks" says both at once
    return _unmatched(words, expected)


def _is_clear(said: Said, rest: list[str]) -> bool:
    """Say whether a verb with words after it is meant where words were asked for.

    "No phones at dinner" and "thanks for the tea" are answers; what follows a skip is its reason,
    and a day or a length that could be read in full stands after a command.
    """
    is_read = said.later is not None or said.length is not None or said.when is not None
    is_season = said.ends or (said.season is not None and len(folded(rest)) <= SEASON_WORDS)
    return said.verb is Verb.SKIP or is_read or is_season or not folded(rest)


def _turned(said: Said, rest: list[str], grammar: Grammar, expected: Expected) -> Said | None:
    """Return the answer that "yes but not today" or "thanks, we did it" really gives."""
    plain = folded(rest)
    is_but = bool(plain) and plain[0] in grammar.vocabulary.but
    if not (is_but and said.verb in (Verb.DONE, Verb.NO)) and said.verb is not Verb.THANKS:
        return None
    after = rest[raw_count(rest, 1) :] if is_but else rest
    found = grammar.match(folded(after))
    if found is None and said.verb is not Verb.THANKS:
        return None
    is_long = found is not None and found[0] in (Verb.SKIP, Verb.LATER) and found[1] > 1
    is_whole = found is not None and found[1] == len(folded(after))
    other = _statement(after, grammar, expected, 0)
    is_rating = said.verb is Verb.THANKS and other.verb is Verb.RATING
    return other if other.verb in _ANSWERS and (is_long or is_whole or is_rating) else None


def _bare_later(words: list[str], grammar: Grammar, expected: Expected) -> Said | None:
    """Read `21:30` or `30 min` alone, where neither a number nor words were asked for."""
    if not words or expected.takes_words or not any(map(str.isdigit, words[0])):
        return None
    return read_later([], words, grammar.vocabulary)


def _rated(words: list[str], expected: Expected) -> Said | None:
    if expected.kind is not AnswerKind.RATING or not words:
        return None
    rating = read_number(words[0])
    if rating not in RATINGS:
        return None
    return Said(Verb.RATING, rating=rating, words=as_words(words[1:]))


def _measured(words: list[str], expected: Expected) -> Said | None:
    """Read `62`, `62.5 ms` where a measurement was asked for."""
    bare = words[0].strip(EDGES) if expected.kind is AnswerKind.NUMBER and words else ""
    if not _MEASURED.fullmatch(bare):
        return None
    is_unit = len(words) > 1 and len(words[1]) <= LONGEST_UNIT and words[1].isalpha()
    rest = words[2:] if is_unit else words[1:]
    return Said(Verb.NUMBER, number=float(bare.replace(",", ".")), words=as_words(rest))


def _unmatched(words: list[str], expected: Expected) -> Said:
    text = " ".join(words)
    if expected.takes_words and text.strip(EDGES):
        return Said(Verb.WORDS, words=text)
    return Said(Verb.UNKNOWN, words=text, is_reaction=is_emoji(text))


def _with_rating(said: Said, expected: Expected) -> Said:
    """Take the number out of `done 8 lovely` where a rating was asked for."""
    if expected.kind is not AnswerKind.RATING or said.verb is not Verb.DONE:
        return said
    first, _, rest = said.words.partition(" ")
    rating = read_number(first)
    if rating not in RATINGS:
        return said
    return replace(said, verb=Verb.RATING, rating=rating, words=rest.strip())
