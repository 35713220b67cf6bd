"""What a nudge says, as far as its channel may show it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from troth.delivery.wording import Content, compose
from troth.domain.ritual import Ritual
from troth.domain.states import AnswerKind, NudgePurpose, Rule, Sensitivity
from troth.schedules.languages import load_languages

ENGLISH = load_languages().of("en")
LINK = "https://troth.example.org/r/abc"
HUG = Ritual(
    key="hug",
    practice="twenty-second-hug",
    title="Our hug",
    kind=AnswerKind.STEPS,
    cron="0 18 * * *",
    zone="couple",
    window=timedelta(hours=2),
    rule=Rule.BOTH,
    remind=(),
    weight=1.0,
    texts=("Hold each other.",),
    how="",
    why="",
    lite="A hand on a shoulder.",
)
FIRST = Content(NudgePurpose.RITUAL, LINK, "Ana & Ben", "Hold each other.", "In the kitchen?")
OPEN, DISCREET = Sensitivity.OPEN, Sensitivity.DISCREET


def test_an_open_channel_shows_ask_prompt_and_link() -> None:
    title, body = compose(FIRST, HUG, OPEN, ENGLISH)
    assert title == "Our hug"
    assert all(part in body for part in ("Hold each other.", "In the kitchen?", LINK))


@pytest.mark.parametrize(
    ("ritual", "shown"), [(HUG, DISCREET), (replace(HUG, sensitivity=DISCREET), OPEN)]
)
@pytest.mark.parametrize("purpose", [NudgePurpose.RITUAL, NudgePurpose.REMINDER, NudgePurpose.STEP])
def test_a_lock_screen_shows_no_content_unless_owner_and_ritual_allow(
    ritual: Ritual, shown: Sensitivity, purpose: NudgePurpose
) -> None:
    content = replace(FIRST, purpose=purpose, text="Change places.")
    told = "\n".join(compose(content, ritual, shown, ENGLISH))
    for secret in ("hug", "Hold", "kitchen", "shoulder", "places", "Ana", "Ben"):
        assert secret not in told
    assert LINK in told


def test_a_reminder_is_gentle_and_offers_the_lighter_form() -> None:
    body = compose(replace(FIRST, purpose=NudgePurpose.REMINDER), HUG, OPEN, ENGLISH)[1]
    assert "if you like" in body
    assert "A hand on a shoulder." in body


def test_a_step_says_its_own_text_and_nothing_else() -> None:
    step = replace(FIRST, purpose=NudgePurpose.STEP, text="Change places.")
    assert compose(step, HUG, OPEN, ENGLISH) == ("Our hug", "Change places.")


@pytest.mark.parametrize("shown", [OPEN, DISCREET])
def test_the_question_of_consent_names_no_ritual(shown: Sensitivity) -> None:
    told = "\n".join(compose(replace(FIRST, purpose=NudgePurpose.CONSENT), None, shown, ENGLISH))
    assert LINK in told
    assert "hug" not in told
