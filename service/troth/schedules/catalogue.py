"""The catalogue of practices: those shipped, and a folder's own, in every language they have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from troth.domain.states import AnswerKind
from troth.schedules.models import PracticeFile, PracticeForm, TranslationFile, TranslationForm
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.reader import Document
from troth.schedules.shipped import shipped_schedules
from troth.schedules.suggest import nearest


@dataclass(frozen=True)
class Practice:
    """A kind of ritual, as its file gives it; `translations` are by language."""

    name: str
    family: str
    form: PracticeForm
    translations: Mapping[str, TranslationForm] = field(default_factory=dict)


Catalogue = Mapping[str, Practice]


@cache
def shipped_catalogue() -> Catalogue:
    """Return the practices that come with Troth."""
    folder = shipped_schedules() / "practices"
    files = (*sorted(folder.glob("*.toml")), *sorted(folder.glob("*/*.toml")))
    return read_practices(Document(file) for file in files)


def read_practices(documents: Iterable[Document]) -> Catalogue:
    """Return the practices of these files, with their translations.

    Raises ScheduleError with every problem.
    """
    told = list(documents)
    problems: list[Problem] = []
    found: dict[str, Practice] = {}
    for document in (each for each in told if "translates" not in each.data):
        problems += _read_family(document, found)
    for document in (each for each in told if "translates" in each.data):
        problems += _read_translation(document, found)
    if problems:
        raise ScheduleError(problems)
    return found


def _read_family(document: Document, found: dict[str, Practice]) -> Iterable[Problem]:
    """Add a family's practices to what was found; yield what is wrong with them."""
    try:
        form = document.into(PracticeFile)
    except ScheduleError as error:
        yield from error.problems
        return
    for name, practice in form.practices.items():
        yield from _check_practice(document, name, practice)
        if name in found:
            message = f"the practice stands in the family '{found[name].family}' already"
            yield document.problem(("practices", name), message)
        found[name] = Practice(name, form.family, practice)


def _read_translation(document: Document, found: dict[str, Practice]) -> Iterable[Problem]:
    try:
        form = document.into(TranslationFile)
    except ScheduleError as error:
        yield from error.problems
        return
    for name, translation in form.practices.items():
        practice = found.get(name)
        if practice is None:
            message = f"there is no practice '{name}' here to translate{nearest(name, found)}"
            yield document.problem(("practices", name), message)
            continue
        yield from _check_translation(document, practice, translation)
        translations = {**practice.translations, form.translates: translation}
        found[name] = replace(practice, translations=translations)


def _check_practice(document: Document, name: str, form: PracticeForm) -> Iterable[Problem]:
    path = ("practices", name)
    if form.kind is AnswerKind.STEPS and not form.steps:
        yield document.problem((*path, "steps"), "a practice of kind 'steps' needs steps")
    if form.kind is AnswerKind.REVIEW and not form.digest:
        yield document.problem((*path, "digest"), "a review needs something to lay before them")
    if any(offset >= form.window for offset in form.remind):
        yield document.problem((*path, "remind"), "a reminder comes before the window's end")


def _check_translation(
    document: Document, practice: Practice, translation: TranslationForm
) -> Iterable[Problem]:
    """What a nudge may say must not change its language in mid-sentence."""
    path, form = ("practices", practice.name), practice.form
    for key in ("lead_texts", "lite"):
        if getattr(form, key) and not getattr(translation, key):
            yield document.problem(
                (*path, key), "the practice has this, so the translation needs it"
            )
    if len(translation.steps) != len(form.steps):
        message = f"the practice has {len(form.steps)} steps, here are {len(translation.steps)}"
        yield document.problem((*path, "steps"), message)
