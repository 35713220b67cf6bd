"""The couple's own word for a pause: it may hide no other word that people answer with."""

from collections.abc import Iterable

from troth.domain.grammar import Grammar, Verb
from troth.domain.legal import LAW
from troth.domain.visible import normal_words, variants
from troth.domain.vocabulary import Phrase
from troth.schedules.languages import load_languages
from troth.schedules.models import CoupleFile
from troth.schedules.problems import Problem
from troth.schedules.reader import Document


def check_timeout(document: Document, form: CoupleFile) -> Iterable[Problem]:
    """Yield what is wrong with a couple's own word for a pause."""
    word, languages = form.timeout.word, load_languages()
    if word is None or form.language not in languages.by_key:
        return
    meaning = _meaning(word, languages.of(form.language).grammar)
    if meaning is not None:
        message = f"'{word}' {meaning}; choose a word that nobody says by chance"
        yield document.problem(("timeout", "word"), message)


def _meaning(word: str, grammar: Grammar) -> str | None:
    """Return what a word means already, as it reads after it; None for a free one."""
    forms = variants(normal_words(word))
    if any(form in LAW for form in forms):
        return "is a word of the law"
    hidden = (phrase for phrase, verb in grammar.phrases.items() if verb is not Verb.TIMEOUT)
    for phrase in (*hidden, *_small_phrases(grammar)):
        if phrase[:1] in forms:
            return f"begins '{' '.join(phrase)}', which means something else"
    return None


def _small_phrases(grammar: Grammar) -> Iterable[Phrase]:
    words = grammar.vocabulary
    yield from (*grammar.choices, *words.asides, *words.lengths, *grammar.reactions)
    yield from ((number,) for number in words.numbers)
