"""The languages: the phrases and messages of their files, read and checked."""

from collections.abc import Iterable, Mapping
from functools import cache
from string import Formatter
from typing import TypeVar

from troth.domain.grammar import LONGEST_PHRASE, Grammar, Reaction, Verb, is_short
from troth.domain.language import MESSAGES, Language, Languages
from troth.domain.legal import LAW
from troth.domain.visible import normal_words, variants
from troth.domain.vocabulary import Phrase
from troth.schedules.models import LanguageFile
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.reader import Document
from troth.schedules.shipped import shipped_schedules
from troth.schedules.suggest import nearest
from troth.schedules.words import read_vocabulary, spread

VERBS = frozenset(str(verb) for verb in Verb)
K = TypeVar("K", bound=str)


@cache
def load_languages() -> Languages:
    """Return the languages that come with Troth."""
    files = sorted((shipped_schedules() / "languages").glob("*.toml"))
    return read_languages(Document(file) for file in files)


def read_languages(documents: Iterable[Document]) -> Languages:
    """Return the languages of these files; raises ScheduleError with every problem."""
    languages: dict[str, Language] = {}
    problems: list[Problem] = []
    for document in documents:
        form = document.into(LanguageFile)
        problems += _check_language(document, form)
        grammar = read_grammar(form)
        languages[form.language] = Language(form.language, form.name, grammar, form.messages)
    if problems:
        raise ScheduleError(problems)
    return Languages(languages)


def read_grammar(form: LanguageFile) -> Grammar:
    """Return a language's grammar. Phrases are known in every way in which phones write them.

    What a file writes out stands above what is made from another phrase of it: "si" is no sure yes
    in Spanish, where it says "if" as well.
    """
    known = {Verb(verb): listed for verb, listed in form.verbs.items() if verb in VERBS}
    written = {normal_words(phrase): verb for verb, listed in known.items() for phrase in listed}
    made = _made(written)
    guests = frozenset(words for words in made.keys() - written.keys() if is_short(words))
    return Grammar(
        phrases={**made, **written},
        vocabulary=read_vocabulary(form),
        reactions=_reactions(form),
        guests=guests,
        choices=_by_phrase(form.choices),
        seasons=_by_phrase(form.seasons),
    )


def _made(written: Mapping[Phrase, Verb]) -> dict[Phrase, Verb]:
    return {form: verb for words, verb in written.items() for form in variants(words)}


def _by_phrase(listed: Mapping[K, Iterable[str]]) -> dict[Phrase, str]:
    return {words: str(key) for key, phrases in listed.items() for words in spread(phrases)}


def _reactions(form: LanguageFile) -> dict[Phrase, Reaction]:
    listed = form.reactions.items()
    return {words: reaction for reaction, phrases in listed for words in spread(phrases, keep="*")}


def _check_language(document: Document, form: LanguageFile) -> Iterable[Problem]:
    for verb in form.verbs:
        if verb not in VERBS:
            hint = nearest(verb, VERBS)
            yield document.problem(("verbs", verb), f"there is no such verb{hint}")
    for message in form.messages:
        if message not in MESSAGES:
            hint = nearest(message, MESSAGES)
            yield document.problem(("messages", message), f"there is no such message{hint}")
    for missing in sorted(set(MESSAGES) - set(form.messages)):
        yield document.problem(("messages", missing), "this message is needed")
    yield from _check_phrases(document, form)
    yield from _check_places(document, form)


def _check_phrases(document: Document, form: LanguageFile) -> Iterable[Problem]:
    meanings: dict[tuple[str, ...], str] = {}
    for verb, phrases in form.verbs.items():
        for phrase in phrases:
            words = normal_words(phrase)
            if not 0 < len(words) <= LONGEST_PHRASE:
                message = f"'{phrase}' has no word to know it by, or more than {LONGEST_PHRASE}"
                yield document.problem(("verbs", verb), message)
            elif LAW.get(words, verb) != verb:
                message = f"'{phrase}' is a word of the law, which means '{LAW[words]}' everywhere"
                yield document.problem(("verbs", verb), message)
            elif meanings.setdefault(words, verb) != verb:
                message = f"'{phrase}' stands under '{meanings[words]}' too; it can mean one verb"
                yield document.problem(("verbs", verb), message)


def _check_places(document: Document, form: LanguageFile) -> Iterable[Problem]:
    """A place that nothing fills would break the message just when it is said."""
    for name, text in form.messages.items():
        filled = MESSAGES.get(name, frozenset())
        try:
            places = {place for _, place, _, _ in Formatter().parse(text) if place is not None}
        except ValueError as error:
            yield document.problem(("messages", name), f"its braces do not match: {error}")
            continue
        for place in sorted(places - filled):
            known = ", ".join(f"{{{known}}}" for known in sorted(filled)) or "none"
            message = f"nothing fills {{{place}}} here; known places: {known}"
            yield document.problem(("messages", name), message)
