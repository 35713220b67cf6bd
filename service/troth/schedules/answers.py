"""The form of an answers file: who would say what in a simulation, read and checked."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from troth.domain.states import NudgePurpose
from troth.schedules.couple import CoupleSchedule
from troth.schedules.models import Form
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.reader import Document
from troth.schedules.suggest import nearest
from troth.schedules.values import Day, Duration, Key, Text, Title

MOST_RULES = 1_000


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _chance(value: float) -> float:
    if not 0 <= value <= 1:  # nor is it "not a number"
        raise ValueError("a chance lies between 0 (never) and 1 (always)")
    return value


def _local(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is None and 2000 <= value.year <= 2100:
        return value
    raise ValueError("a moment on the partner's own clock, without quotes: 2026-12-24T18:30:00")


class AnswerForm(Form):
    """One rule: this partner answers such a nudge with one of these texts, after this long.

    What is left out matches any. `to` names the nudges it is about, `on`, `from` and `until` the
    couple's days on which it holds.
    """

    partner: Key
    say: Annotated[tuple[Text, ...], BeforeValidator(_listed), Field(min_length=1)]
    couple: Title | None = None
    ritual: Key | None = None
    practice: Key | None = None
    to: Annotated[tuple[NudgePurpose, ...], BeforeValidator(_listed), Field(min_length=1)] = (
        NudgePurpose.RITUAL,
    )
    after: Duration = timedelta(minutes=5)
    on: tuple[Day, ...] = ()
    starts: Day | None = Field(None, alias="from")
    until: Day | None = None
    chance: Annotated[float, AfterValidator(_chance)] = 1.0


class SaysForm(Form):
    """Something that a partner says unasked; `at` is naive, on that partner's own clock."""

    partner: Key
    at: Annotated[datetime, BeforeValidator(_local)]
    say: Text
    couple: Title | None = None


class AnswersFile(Form):
    """An answers file. Of the rules that match a nudge, the first whose lot falls is followed."""

    seed: int = 1
    answers: Annotated[tuple[AnswerForm, ...], Field(max_length=MOST_RULES)] = ()
    says: Annotated[tuple[SaysForm, ...], Field(max_length=MOST_RULES)] = ()


def read_answers(file: Path, couples: Sequence[CoupleSchedule]) -> AnswersFile:
    """Return what a file says these couples answer; raises ScheduleError with every problem."""
    document = Document(file)
    form = document.into(AnswersFile)
    rules: list[tuple[tuple[str, int], AnswerForm | SaysForm]] = [
        *((("answers", index), rule) for index, rule in enumerate(form.answers)),
        *((("says", index), rule) for index, rule in enumerate(form.says)),
    ]
    problems = [found for path, rule in rules for found in _check(document, path, rule, couples)]
    if problems:
        raise ScheduleError(problems)
    return form


def _check(
    document: Document,
    path: tuple[str, int],
    rule: AnswerForm | SaysForm,
    couples: Sequence[CoupleSchedule],
) -> Iterable[Problem]:
    """Yield what names nobody and nothing: it would be passed over without a word."""
    meant = [couple for couple in couples if rule.couple in (None, couple.name)]
    if not meant:
        names = [couple.name for couple in couples]
        yield _unknown(document, (*path, "couple"), "couple", rule.couple, names)
        return
    partners = [key for couple in meant for key in couple.form.partners]
    if rule.partner not in partners:
        yield _unknown(document, (*path, "partner"), "partner", rule.partner, partners)
    if isinstance(rule, SaysForm):
        return
    rituals = [ritual for couple in meant for ritual in couple.rituals]
    keys = [ritual.key for ritual in rituals]
    if rule.ritual is not None and rule.ritual not in keys:
        yield _unknown(document, (*path, "ritual"), "ritual", rule.ritual, keys)
    practices = [ritual.practice for ritual in rituals]
    if rule.practice is not None and rule.practice not in practices:
        yield _unknown(document, (*path, "practice"), "practice", rule.practice, practices)
    if rule.starts and rule.until and rule.until < rule.starts:
        yield document.problem((*path, "until"), "the last day lies before the first")


def _unknown(
    document: Document, path: Sequence[str | int], what: str, name: str | None, known: list[str]
) -> Problem:
    listed = ", ".join(dict.fromkeys(known))
    hint = nearest(name or "", known)
    return document.problem(path, f"there is no {what} '{name}' here{hint}; one of: {listed}")
