"""The practices of the week and of a couple's own story: their decks, lengths and discretion."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from troth.domain.states import Mechanism, Rule, Visibility
from troth.schedules.models import PracticeFile, PracticeForm, TranslationFile

PRACTICES = Path(__file__).parents[2] / "schedules" / "practices"
FAMILIES = ("weekly", "together")
LANGUAGES = ("de", "es", "fr", "pt")
FORMS: dict[str, PracticeForm] = {
    name: form
    for family in FAMILIES
    for name, form in PracticeFile.model_validate(
        tomllib.loads((PRACTICES / f"{family}.toml").read_text("utf-8"))
    ).practices.items()
}
SENSES = ("Scent", "Music", "Warmth", "Touch", "Taste")


@pytest.mark.parametrize(
    ("practice", "cards"),
    [("date-night", 40), ("sensory-sync", 15), ("storytelling", 24), ("future-self", 12)],
)
def test_a_deck_holds_as_many_cards_as_it_promises(practice: str, cards: int) -> None:
    assert len(FORMS[practice].prompts) == cards


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_deck_is_dealt_in_every_language_card_by_card(family: str, language: str) -> None:
    text = (PRACTICES / language / f"{family}.toml").read_text("utf-8")
    told = TranslationFile.model_validate(tomllib.loads(text)).practices
    for name, translation in told.items():
        assert len(translation.prompts) == len(FORMS[name].prompts), name
        assert len(set(translation.prompts)) == len(translation.prompts), name


def test_the_senses_take_turns() -> None:
    cards = FORMS["sensory-sync"].prompts
    assert [card.partition(":")[0] for card in cards] == list(SENSES) * 3


def test_a_couples_story_is_told_from_its_beginning() -> None:
    assert FORMS["storytelling"].prompt_order == "progress"
    assert FORMS["storytelling"].prompts[0].startswith("How we met")


def test_the_timed_practices_of_the_week_last_as_long_as_they_say() -> None:
    def minutes(practice: str) -> list[float]:
        return [step.lasts / timedelta(minutes=1) for step in FORMS[practice].steps]

    assert minutes("active-listening") == [4, 4, 1]
    assert minutes("silent-presence") == [10]
    assert minutes("sensory-sync") == [15]


def test_nobody_is_shown_how_close_the_other_felt() -> None:
    assert FORMS["closeness-rating"].visibility is Visibility.SEALED


@pytest.mark.parametrize("practice", ["joint-project", "joint-adventure"])
def test_a_plan_for_two_is_a_goal_whose_news_either_may_bring(practice: str) -> None:
    form = FORMS[practice]
    assert (form.mechanism, form.rule, form.visibility) == (
        Mechanism.GOAL,
        Rule.EITHER,
        Visibility.NOW,
    )
