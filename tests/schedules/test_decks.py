"""The decks of questions, in every language: how deep they go, and that all are open."""

import re
from pathlib import Path

import pytest

from tests.schedules.shipped import said
from tests.support.likeness import alike, near
from troth.domain.visible import normal_words
from troth.schedules.catalogue import Practice, shipped_catalogue

PRACTICES = Path(__file__).parents[2] / "schedules" / "practices"
LANGUAGES = ("de", "es", "fr", "pt")
QUESTIONS = ("question-of-the-day", "progressive-questions")
DEPTHS = 6
ONE_SMS = 160
CLOSED = {
    "en": "do did does is are am was were have has had can could would will shall may",
    "de": "bist hast hattest warst kannst könntest würdest magst möchtest ist sind gibt",
    "es": "eres estás has tienes puedes podrías te es hay sería",
    "fr": "es as est a avais peux pourrais veux voudrais aimes",
    "pt": "és estás tens podes poderias é há seria já",
}
CATALOGUE = shipped_catalogue()
OURS = {
    name: practice
    for name, practice in CATALOGUE.items()
    if practice.family in {"Questions", "Openness"}
}
each_language = pytest.mark.parametrize("language", ["en", *LANGUAGES])
each_of_ours = pytest.mark.parametrize("practice", OURS.values(), ids=OURS)


def deck(name: str, language: str) -> tuple[str, ...]:
    return said(CATALOGUE[name], language).prompts


def family_file(language: str) -> str:
    folder = PRACTICES if language == "en" else PRACTICES / language
    return (folder / "questions.toml").read_text("utf-8")


def test_the_two_decks_last_sixty_days_and_forty_weeks() -> None:
    assert len(deck("question-of-the-day", "en")) >= 60
    assert len(deck("progressive-questions", "en")) >= 120
    assert CATALOGUE["progressive-questions"].form.prompt_order == "progress"


@each_language
def test_the_series_has_six_depths_of_twenty_questions_in_order(language: str) -> None:
    _, *depths = re.split(r"(?m)^ *# Depth (?=\d)", family_file(language))
    assert [int(depth.split(":")[0]) for depth in depths] == list(range(1, DEPTHS + 1))
    sizes = [len(re.findall(r'(?m)^ +"', depth)) for depth in depths]
    assert min(sizes) >= 20
    assert sum(sizes) == len(deck("progressive-questions", language))


@each_language
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_open(name: str, language: str) -> None:
    cards = deck(name, language)
    closed = set(CLOSED[language].split())
    assert [card for card in cards if not card.endswith("?")] == []
    assert [card for card in cards if normal_words(card)[0] in closed] == []


@each_language
def test_the_two_decks_share_no_question(language: str) -> None:
    daily, series = (deck(name, language) for name in QUESTIONS)
    assert near(daily, series) == []


@each_of_ours
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_deck_is_translated_card_by_card(practice: Practice, language: str) -> None:
    cards = said(practice, language).prompts
    assert len(cards) == len(practice.form.prompts)
    assert len(set(map(normal_words, cards))) == len(cards)
    assert alike(cards) == []


@each_of_ours
@each_language
def test_a_hint_a_title_and_an_ask_are_short(practice: Practice, language: str) -> None:
    form = said(practice, language)
    assert len(form.title) <= 40
    assert form.hint
    assert len(form.hint) <= 90
    asks = [*form.texts, form.lite or ""]
    assert [text for text in asks if len(text) > ONE_SMS] == []
    assert len(form.texts) >= len(practice.form.texts)
    assert alike(form.texts) == []


def test_what_is_private_is_shown_to_nobody_and_named_on_no_lock_screen() -> None:
    form = CATALOGUE["self-trust"].form
    assert (form.visibility, form.sensitivity) == ("sealed", "discreet")


def test_a_review_of_openness_reads_words_that_wait_for_it() -> None:
    for name in ("emotion-map", "journal-reading"):
        read = CATALOGUE[name].form.of
        assert read
        assert {CATALOGUE[source].form.visibility for source in read} == {"review"}
