"""The words of the law: whoever writes one, in whatever language, is heard before all else.

Carriers act on these in every country whatever a subscriber speaks, so no language file can take
them away. docs/decisions/0008 says why a word of it may stand beside an answer.
"""

import re
from collections.abc import Sequence

from troth.domain.grammar import LEGAL, Grammar, Verb
from troth.domain.said import RATINGS, Expected
from troth.domain.states import AnswerKind
from troth.domain.visible import EDGES, MOST_WORDS, folded, folded_word
from troth.domain.vocabulary import Phrase

_STOPS = (
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt-out",
    "arret", "arrêt", "alto", "baja", "parar", "stopp", "abmelden", "sair", "cancelar",
)  # fmt: skip
LAW: dict[Phrase, Verb] = {
    **{(word,): Verb.STOP for word in _STOPS},
    ("opt", "out"): Verb.STOP,
    ("start",): Verb.START,
    ("unstop",): Verb.START,
    ("help",): Verb.HELP,
    ("info",): Verb.HELP,
}
# Beside an answer only words that mean nothing else: "done, cancel" may well take the done back.
_BESIDE = frozenset(_STOPS) - {"cancel", "cancelar", "end", "alto"}
_SPELLED = re.compile(r"[\w'\u2019-]+")  # a word, whatever marks stand around it
_LONGEST_LINE = 200  # characters of a line that can be nothing but a word of the law
_PLAIN_ANSWERS = frozenset({Verb.DONE, Verb.THANKS})
_PARTED_ANSWERS = frozenset({Verb.NO, Verb.LATER, Verb.SKIP})  # "no stop" may mean: do not stop


def legal_verb(visible: str, grammar: Grammar, expected: Expected) -> Verb | None:
    """Return the legal verb that a visible text is, in any case and punctuation; else None.

    It is the whole first line, for a signature below STOP must not keep anyone from stopping; or a
    lone STOP before or after nothing but an answer, a rating or a code.
    """
    first_line = visible.partition("\n")[0].split()
    for words in (folded(first_line), _insisting(first_line)):
        found = LAW.get(words) or grammar.phrases.get(words)
        if found in LEGAL and len(words) < MOST_WORDS:
            return found
    is_beside = any(_stops_beside(w, grammar, expected) for w in (first_line, visible.split()))
    return Verb.STOP if is_beside else None


def _insisting(words: Sequence[str]) -> Phrase:
    """Return the phrase of who is loud: `/stop`, `STOP 😡`, `stop! stop! stop!`, `S.T.O.P.`."""
    line = " ".join(words)
    found = _SPELLED.findall(line.casefold()) if len(line) <= _LONGEST_LINE else []
    spelled = [word for each in found if (word := each.strip("'\u2019-_"))]
    letters = "-".join(spelled).split("-")
    if len(letters) > 2 and all(len(letter) == 1 for letter in letters):
        return ("".join(letters),)
    meanings = {LAW.get((word,)) for word in spelled}
    return tuple(spelled[:1] if len(meanings) == 1 and None not in meanings else spelled)


def _stops_beside(words: Sequence[str], grammar: Grammar, expected: Expected) -> bool:
    if not 2 <= len(words) < MOST_WORDS:
        return False
    first, last = folded_word(words[0]), folded_word(words[-1])
    if last in _BESIDE and _is_answer(words[:-1], words[-2], grammar, expected):
        return True
    return first in _BESIDE and _is_answer(words[1:], words[0], grammar, expected)


def _is_answer(words: Sequence[str], before: str, grammar: Grammar, expected: Expected) -> bool:
    """Say whether `words` are an answer and no more. `before` is the word at the seam."""
    plain = folded(list(words))
    if len(plain) == 1 and plain[0].isascii() and plain[0].isdigit() and len(plain[0]) < 7:
        number = int(plain[0])
        is_rating = expected.kind is AnswerKind.RATING and number in RATINGS
        return is_rating or number in expected.codes
    found = grammar.match(plain)
    if found is None or found[1] != len(plain):
        return False
    is_parted = before[-1] in EDGES
    return found[0] in _PLAIN_ANSWERS or (found[0] in _PARTED_ANSWERS and is_parted)
