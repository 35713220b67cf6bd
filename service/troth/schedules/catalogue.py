"""The catalogue of practices: those shipped, and a folder's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from troth.domain.states import AnswerKind
from troth.schedules.models import PracticeFile, PracticeForm
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.reader import Document
from troth.schedules.shipped import shipped_schedules


@dataclass(frozen=True)
class Practice:
    """A kind of ritual, as its file gives it."""

    name: str
    family: str
    form: PracticeForm


Catalogue = Mapping[str, Practice]


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
