"""The catalogue of practices, and the languages: those shipped, and a folder's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter

from troth.domain.grammar import LONGEST_PHRASE, Grammar, Verb
from troth.domain.language import MESSAGES, Language, Languages
from troth.domain.reply import normal_words
from troth.domain.states import AnswerKind
from troth.schedules.models import LanguageFile, PracticeFile, PracticeForm
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.reader import Document
from troth.schedules.shipped import shipped_schedules
from troth.schedules.suggest import nearest


@dataclass(frozen=True)
class Practice:
    """A kind of ritual, as its file gives it."""

    name: str
    family: str
    form: PracticeForm


Catalogue = Mapping[str, Practice]
VERBS = frozenset(str(verb) for verb in Verb)


@cache
def shipped_catalogue() -> Catalogue:
    """Return the practices that come with Troth."""
    files = sorted((shipped_schedules() / "practices").glob("*.toml"))
    return read_practices(Document(file) for file in files)


def read_practices(documents: Iterable[Document]) -> Catalogue:
    """Return the practices of these files; raises ScheduleError with every problem."""
    found: dict[str, Practice] = {}
    problems: list[Problem] = []
    for document in documents:
        try:
            form = document.into(PracticeFile)
        except ScheduleError as error:
            problems += error.problems
            continue
        for name, practice in form.practices.items():
            problems += _check_practice(document, name, practice)
            if name in found:
                message = f"the practice stands in the family '{found[name].family}' already"
                problems.append(document.problem(("practices", name), message))
            found[name] = Practice(name, form.family, practice)
    if problems:
        raise ScheduleError(problems)
    return found


def _check_practice(document: Document, name: str, form: PracticeForm) -> Iterable[Problem]:
    path = ("practices", name)
    if form.kind is AnswerKind.STEPS and not form.steps:
        yield document.problem((*path, "steps"), "a practice of kind 'steps' needs steps")
    if any(offset >= form.window for offset in form.remind):
        yield document.problem((*path, "remind"), "a reminder comes before the window's end")


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
        phrases = {
            normal_words(phrase): Verb(verb)
            for verb, listed in form.verbs.items()
            if verb in VERBS
            for phrase in listed
        }
        languages[form.language] = Language(
            form.language, form.name, Grammar(phrases), form.messages
        )
    if problems:
        raise ScheduleError(problems)
    return Languages(languages)


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
