"""A pause in a quarrel: the couple's own word for it, and how long it lasts. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from troth.domain.grammar import Grammar, Verb
from troth.domain.legal import legal_verb
from troth.domain.lengths import read_length
from troth.domain.said import Expected, Said
from troth.domain.states import AnswerKind
from troth.domain.visible import folded, folded_word, visible_text

USUAL = timedelta(minutes=30)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
ONE = timedelta(hours=1)  # for so long a second one only moves the return
MOST_IN_A_DAY = 6  # more of them are said back to who writes them, and reach nobody else
_WORDED = (AnswerKind.WORDS, AnswerKind.REVIEW)


@dataclass(frozen=True)
class OwnTimeout:
    """What a couple has agreed on: their word, their text, their usual length."""

    word: str | None = None
    text: str | None = None
    returns: timedelta | None = None


def lasts(asked: timedelta | None, own: OwnTimeout) -> timedelta:
    """Return how long a pause lasts, between five minutes and a day."""
    return min(max(asked or own.returns or USUAL, SHORTEST), LONGEST)


def read_own_word(word: str, text: str, grammar: Grammar, expected: Expected) -> Said | None:
    """Return the pause that a reply asks for by the couple's own word, or None.

    It is the first word, before all verbs but those of the law; where words were asked for, it is
    the whole reply.
    """
    visible = visible_text(text)
    words = visible.split()
    if not words or folded_word(words[0]) != folded_word(word):
        return None
    if legal_verb(visible, grammar, expected) is not None:
        return None
    if expected.kind in _WORDED and folded(words[1:]):
        return None
    return Said(Verb.TIMEOUT, length=read_length(words[1:], grammar.vocabulary))
