"""Which of the choices offered a reply takes: by its place in the list, its word, or its name."""

from collections.abc import Mapping, Sequence

from troth.domain.grammar import LONGEST_PHRASE, Grammar, Verb
from troth.domain.said import Expected, Said
from troth.domain.states import AnswerKind
from troth.domain.visible import EDGES, folded, normal_words


def read_choice(words: Sequence[str], grammar: Grammar, expected: Expected) -> Said | None:
    """Return the choice that the whole of `words` names, or None."""
    if expected.kind is not AnswerKind.CHOICE or not expected.choices or not words:
        return None
    key = _by_place(words, expected.choices) or _by_word(words, grammar, expected.choices)
    return Said(Verb.CHOICE, choice=key) if key else None


def _by_place(words: Sequence[str], choices: Mapping[str, str]) -> str | None:
    bare = words[0].strip(EDGES)
    if len(words) > 1 or not bare.isascii() or not bare.isdigit() or len(bare) > 2:
        return None
    place = int(bare)
    return list(choices)[place - 1] if 1 <= place <= len(choices) else None


def _by_word(words: Sequence[str], grammar: Grammar, choices: Mapping[str, str]) -> str | None:
    plain = folded(list(words))
    if not 0 < len(plain) <= LONGEST_PHRASE:
        return None
    known = grammar.choices.get(plain)
    if known in choices:
        return known
    named = [key for key, label in choices.items() if set(plain) <= set(normal_words(label))]
    return named[0] if len(named) == 1 else None
