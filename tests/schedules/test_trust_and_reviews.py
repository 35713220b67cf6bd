"""Trust, reviews and the couple's own day: what their texts promise is what Troth understands."""

import re
from datetime import datetime, timedelta
from itertools import takewhile

import pytest

from tests.schedules.shipped import LANGUAGES, said
from tests.support.likeness import alike
from troth.domain.cron import next_minute
from troth.domain.grammar import Verb
from troth.domain.parse import parse
from troth.domain.said import Expected, Said
from troth.domain.states import AnswerKind, Mechanism, Section, Sensitivity, Visibility
from troth.domain.visible import normal_words
from troth.schedules.catalogue import Practice, shipped_catalogue
from troth.schedules.languages import read_grammar

CATALOGUE = shipped_catalogue()
OURS = {
    name: practice
    for name, practice in CATALOGUE.items()
    if practice.family in {"Trust", "Reviews", "Yearly"}
}
REVIEWS = {name: each for name, each in OURS.items() if each.form.kind is AnswerKind.REVIEW}
AGREEMENTS = ("expectations", "fair-fighting", "technology-guidelines")
ENOUGH_FOR_A_BUSY_WEEK = 9
YEAR = 2027
QUOTED = re.compile(r'"([^"]+)"')
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_of_ours = pytest.mark.parametrize("practice", OURS.values(), ids=OURS)
each_review = pytest.mark.parametrize("practice", REVIEWS.values(), ids=REVIEWS)


def examples(name: str, language: str) -> list[Said]:
    """What Troth reads in the examples that a practice shows in quotation marks."""
    grammar = read_grammar(LANGUAGES[language])
    shown = QUOTED.findall(said(CATALOGUE[name], language).how or "")
    return [parse(example, grammar, Expected()) for example in shown]


def names_any(hint: str | None, phrases: tuple[str, ...]) -> bool:
    told = f" {' '.join(normal_words(hint or ''))} "
    return any(f" {' '.join(normal_words(phrase))} " in told for phrase in phrases)


def days_of(name: str) -> list[tuple[int, int]]:
    """The (month, day) of each moment of a year."""
    cron, start = CATALOGUE[name].form.cron or "", datetime(YEAR, 1, 1)  # noqa: DTZ001
    moments = [next_minute(cron, start)]
    while moments[-1] < start + timedelta(days=365):
        moments.append(next_minute(cron, moments[-1]))
    return [(at.month, at.day) for at in takewhile(lambda at: at.year == YEAR, moments)]


@each_of_ours
@each_language
def test_a_title_a_hint_and_an_ask_are_short_and_enough(practice: Practice, language: str) -> None:
    form = said(practice, language)
    assert len(form.title) <= 40
    assert form.hint
    assert len(form.hint) <= 90
    assert form.why
    assert form.how
    assert len(form.texts) >= len(practice.form.texts)
    assert len(form.lead_texts) >= len(practice.form.lead_texts)
    assert alike((*form.texts, *form.lead_texts)) == []


@each_language
def test_the_promise_that_is_shown_is_read_with_its_day(language: str) -> None:
    (promise,) = examples("promises", language)
    assert promise.verb is Verb.PROMISE
    assert promise.words
    assert promise.when is not None


@each_language
def test_the_thanks_that_are_shown_are_read_as_thanks(language: str) -> None:
    told = examples("trust-ledger", language)
    assert told
    assert {(each.verb, bool(each.words)) for each in told} == {(Verb.THANKS, True)}


@each_language
@pytest.mark.parametrize("name", AGREEMENTS)
def test_an_agreement_names_the_word_that_agrees(name: str, language: str) -> None:
    hint = said(CATALOGUE[name], language).hint
    assert names_any(hint, LANGUAGES[language].choices["yes"][:1])


@each_language
def test_every_agreement_is_answered_alike(language: str) -> None:
    assert len({said(CATALOGUE[name], language).hint for name in AGREEMENTS}) == 1


@each_review
@each_language
def test_a_review_names_a_word_that_closes_it(practice: Practice, language: str) -> None:
    hint = said(practice, language).hint
    assert names_any(hint, LANGUAGES[language].verbs[Verb.DONE])


@each_review
def test_a_review_reads_practices_that_there_are(practice: Practice) -> None:
    form = practice.form
    assert [name for name in form.of if name not in CATALOGUE] == []
    reads_practices = {Section.WORDS, Section.RATINGS, Section.NUMBERS} & set(form.digest)
    assert bool(form.of) == bool(reads_practices)


def test_an_agreement_is_shown_to_the_other_at_once() -> None:
    assert {name for name in OURS if OURS[name].form.mechanism is Mechanism.AGREEMENT} == set(
        AGREEMENTS
    )
    assert {CATALOGUE[name].form.visibility for name in AGREEMENTS} == {Visibility.NOW}


def test_a_promise_is_opened_by_its_maker_and_never_scored() -> None:
    form = CATALOGUE["promises"].form
    assert (form.cron, form.weight) == (None, 0)
    assert form.sensitivity is Sensitivity.OPEN
    assert min(len(form.texts), len(form.lead_texts)) >= ENOUGH_FOR_A_BUSY_WEEK


@pytest.mark.parametrize(
    ("name", "months", "days"),
    [
        ("seasonal-reflection", [3, 6, 9, 12], range(1, 8)),
        ("quarterly-trust-audit", [1, 4, 7, 10], range(1, 8)),
        ("quarterly-goals", [1, 4, 7, 10], range(8, 15)),
        ("yearly-goals", [1], range(1, 8)),
    ],
)
def test_a_look_back_comes_at_the_turn_of_its_time(
    name: str, months: list[int], days: range
) -> None:
    found = days_of(name)
    assert [month for month, _ in found] == months
    assert all(day in days for _, day in found)


def test_no_two_of_them_ask_on_the_same_day() -> None:
    clocked = [name for name in OURS if OURS[name].form.cron and name != "shared-calendar"]
    found = [day for name in clocked for day in days_of(name)]
    assert len(found) == len(set(found))
