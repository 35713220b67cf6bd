"""The practices of the catalogue: each says what it is, asks in many ways, and blames nobody."""

import re
from datetime import timedelta

import pytest

from tests.schedules.shipped import (
    FEWEST_TEXTS,
    ONE_SMS,
    PRACTICE_FILES,
    PRACTICES,
    fewest_texts,
    rhythm,
    spoken,
)
from tests.support.likeness import alike
from troth.domain.cron import check_cron
from troth.domain.states import AnswerKind, Rule
from troth.domain.visible import normal_words
from troth.schedules.models import PracticeForm

EXPECTED_PRACTICES = {
    "goodbye-kiss",
    "evening-check-in",
    "shared-coffee",
    "bedtime-ritual",
    "twenty-second-hug",
    "holding-hands",
    "check-in-text",
    "morning-greeting",
    "emotional-bid",
    "date-night",
    "appreciation-round",
    "closeness-rating",
    "three-minute-share",
    "question-of-the-day",
    "phone-free-meal",
    "anniversary",
    "trust-ledger",
    "promises",
    "commitments-review",
    "quarterly-trust-audit",
    "expectations",
    "fair-fighting",
    "technology-guidelines",
    "seasonal-reflection",
    "quarterly-goals",
    "yearly-goals",
    "shared-calendar",
}
LONGEST_TITLE = 40
LONGEST_HINT = 90
DAY = timedelta(days=1)
PRESUMING = re.compile(
    r"\b(he|she|him|her|his|hers|husband|wife|boyfriend|girlfriend|kids|children|"
    r"should|must|forgot|forgotten|again\?|why not|at last|finally)\b",
    re.IGNORECASE,
)

each_practice = pytest.mark.parametrize("practice", PRACTICES.values(), ids=PRACTICES)


def test_the_catalogue_holds_every_practice_it_promises() -> None:
    assert set(PRACTICES) >= EXPECTED_PRACTICES


def test_no_practice_stands_in_two_files() -> None:
    assert sum(len(file.practices) for file in PRACTICE_FILES.values()) == len(PRACTICES)


def test_every_file_is_a_family_of_its_own() -> None:
    families = [file.family for file in PRACTICE_FILES.values()]
    assert len(set(families)) == len(families)


@each_practice
def test_why_is_one_sentence(practice: PracticeForm) -> None:
    assert practice.why.endswith(".")
    assert not re.search(r"[.!?]\s", practice.why)


@each_practice
def test_a_practice_says_where_it_comes_from_and_how_it_is_done(practice: PracticeForm) -> None:
    assert practice.origin
    assert len(practice.how.split()) >= 10


@each_practice
def test_a_practice_says_how_it_is_answered(practice: PracticeForm) -> None:
    assert practice.hint
    assert len(practice.hint) <= LONGEST_HINT
    assert len(practice.title) <= LONGEST_TITLE


@each_practice
def test_a_practice_asks_in_enough_clearly_different_ways(practice: PracticeForm) -> None:
    assert len(practice.texts) >= fewest_texts(practice)
    assert alike(practice.texts + practice.lead_texts) == []


@each_practice
def test_what_is_sent_fits_one_plain_sms(practice: PracticeForm) -> None:
    assert [text for text in spoken(practice) if len(text) > ONE_SMS or not text.isascii()] == []


@each_practice
def test_what_is_sent_presumes_nothing_and_blames_nobody(practice: PracticeForm) -> None:
    said = [*spoken(practice), *practice.prompts, practice.how]
    assert [text for text in said if PRESUMING.search(text)] == []


@each_practice
def test_a_practice_has_a_schedule_that_comes_again(practice: PracticeForm) -> None:
    assert practice.cron is None or check_cron(practice.cron) == practice.cron


@each_practice
def test_a_practice_comes_at_most_once_a_day(practice: PracticeForm) -> None:
    comes_every = rhythm(practice)
    assert comes_every is None or comes_every >= DAY


@each_practice
def test_reminders_come_in_order_and_within_the_window(practice: PracticeForm) -> None:
    assert list(practice.remind) == sorted(set(practice.remind))
    assert all(timedelta(0) < after < practice.window for after in practice.remind)


@each_practice
def test_steps_stand_where_steps_are_asked_for_and_nowhere_else(practice: PracticeForm) -> None:
    assert bool(practice.steps) == (practice.kind is AnswerKind.STEPS)
    assert all(step.lasts > timedelta(0) for step in practice.steps)


@each_practice
def test_a_practice_is_led_where_its_rule_asks_for_a_lead(practice: PracticeForm) -> None:
    led = practice.rule in {Rule.LEAD, Rule.BID}
    assert (practice.lead is not None) == led
    assert len(practice.lead_texts) >= (FEWEST_TEXTS if led else 0)


@each_practice
def test_a_practice_has_a_lighter_form_for_hard_times(practice: PracticeForm) -> None:
    assert practice.lite
    assert practice.lite not in practice.texts


@each_practice
def test_a_deck_repeats_no_card(practice: PracticeForm) -> None:
    cards = [normal_words(card) for card in practice.prompts]
    assert len(set(cards)) == len(cards)
    assert alike(practice.prompts) == []


def test_the_question_deck_lasts_forty_days_with_open_questions() -> None:
    deck = PRACTICES["question-of-the-day"].prompts
    assert len(deck) >= 40
    assert all(question.endswith("?") for question in deck)
    closed = {"do", "did", "does", "is", "are", "was", "were", "have", "has", "can", "would"}
    assert [question for question in deck if normal_words(question)[0] in closed] == []


def test_the_hug_lasts_twenty_seconds_and_the_share_three_minutes_each() -> None:
    hug = [step.lasts for step in PRACTICES["twenty-second-hug"].steps]
    share = [step.lasts for step in PRACTICES["three-minute-share"].steps]
    assert hug == [timedelta(seconds=20)]
    assert share[:2] == [timedelta(minutes=3)] * 2
