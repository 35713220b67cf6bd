"""Which files a path means, and everything they say together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from troth.schedules.answers import AnswersFile
from troth.schedules.catalogue import Catalogue, read_practices, shipped_catalogue
from troth.schedules.couple import CoupleSchedule, Reading, TakesUrl, read_couple
from troth.schedules.languages import read_languages
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.reader import Document
from troth.schedules.seasons import read_seasons
from troth.schedules.shipped import shipped_schedules

KINDS = ("couple", "practices", "language", "answers", "seasons")
SETTINGS_NAME = "troth.toml"  # lies beside the schedules, and is none
_TOLD_BY = (
    ("practices", "practices"),
    ("family", "practices"),
    ("verbs", "language"),
    ("answers", "answers"),
    ("says", "answers"),
    ("terms", "seasons"),
)


@dataclass(frozen=True)
class Schedules:
    """What some paths hold: how many files, the practices known, and the couples."""

    files: int
    catalogue: Catalogue
    couples: tuple[CoupleSchedule, ...]


def load_schedules(
    paths: Sequence[Path], takes_url: TakesUrl | None = None, now: datetime | None = None
) -> Schedules:
    """Read couple, practice and language files; raises ScheduleError with every problem.

    With aware `now`, the weeks that come are looked at, too: nobody is to be asked too often.
    """
    problems: list[Problem] = []
    kinds: dict[str, list[Document]] = {name: [] for name in KINDS}
    files = list(_files(paths))
    for file in files:
        try:
            document = Document(file)
            kinds[_kind(document)].append(document)
        except ScheduleError as error:
            problems += error.problems
    try:
        catalogue = _catalogue(kinds["practices"])
        _check_languages(kinds["language"])
    except ScheduleError as error:
        raise ScheduleError([*problems, *error.problems]) from None
    couples, found = _couples(kinds["couple"], Reading(catalogue, takes_url, now))
    found += [*_check_answers(kinds["answers"]), *_check_seasons(kinds["seasons"])]
    if problems or found:
        raise ScheduleError([*problems, *found])
    return Schedules(len(files), catalogue, tuple(couples))


def _files(paths: Sequence[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(file for file in path.rglob("*.toml") if _is_schedule(file))
            if not found:
                raise ScheduleError([Problem(path, 1, "", _empty())])
            yield from found
        elif path.is_file():
            yield path
        else:
            raise ScheduleError([Problem(path, 1, "", "there is no such file or folder")])


def _is_schedule(file: Path) -> bool:
    return file.is_file() and file.name != SETTINGS_NAME


def _empty() -> str:
    return "the folder holds no schedule (*.toml); make a first one with: troth init"


def _kind(document: Document) -> str:
    for key, kind in _TOLD_BY:
        if key in document.data:
            return kind
    return "couple"


def _check_answers(documents: Sequence[Document]) -> list[Problem]:
    """Answers are for `troth simulate` alone; that they are well formed is told here as well."""
    problems: list[Problem] = []
    for document in documents:
        try:
            document.into(AnswersFile)
        except ScheduleError as error:
            problems += error.problems
    return problems


def _check_seasons(documents: Sequence[Document]) -> list[Problem]:
    """What seasons do is read from where it is shipped, as languages are."""
    problems: list[Problem] = []
    for document in documents:
        try:
            read_seasons(document)
        except ScheduleError as error:
            problems += error.problems
    return problems


def _check_languages(documents: Sequence[Document]) -> None:
    """Languages are spoken from where they are shipped: one that lies elsewhere would be mute."""
    read_languages(documents)
    for document in documents:
        if not _is_shipped(document.file):
            message = f"a language belongs into {shipped_schedules() / 'languages'}"
            raise ScheduleError([document.problem(("language",), message)])


def _catalogue(documents: Sequence[Document]) -> Catalogue:
    """Return the shipped practices with a folder's own, which may not bear a shipped name."""
    shipped = shipped_catalogue()
    own = [document for document in documents if not _is_shipped(document.file)]
    for document in own:
        for name in set(document.data.get("practices", {})) & set(shipped):
            message = "a practice of this name comes with Troth; choose another name"
            raise ScheduleError([document.problem(("practices", name), message)])
    return {**shipped, **read_practices(own)}


def _is_shipped(file: Path) -> bool:
    return file.resolve().is_relative_to(shipped_schedules())


def _couples(
    documents: Sequence[Document], reading: Reading
) -> tuple[list[CoupleSchedule], list[Problem]]:
    couples: dict[str, CoupleSchedule] = {}
    problems: list[Problem] = []
    for document in documents:
        try:
            couple = read_couple(document, reading)
        except ScheduleError as error:
            problems += error.problems
            continue
        if couple.name in couples:
            message = f"'{couple.name}' stands in {couples[couple.name].source} already"
            problems.append(document.problem(("couple",), message))
        couples[couple.name] = replace(couple, source=couple.source.resolve())
    return list(couples.values()), problems
