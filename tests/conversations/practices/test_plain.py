"""The practices that need nothing but their nudge and their answers, each played through."""

import pytest

from tests.support.playing import Play
from tests.support.plays import plays
from tests.support.stage import Stage

PLAIN = (
    "check-in-text",
    "shared-coffee",
    "bedtime-ritual",
    "goodbye-kiss",
    "twenty-second-hug",
    "holding-hands",
    "phone-free-meal",
    "morning-greeting",
    "date-night",
    "appreciation-round",
    "three-minute-share",
    "active-listening",
    "silent-presence",
    "sensory-sync",
    "cooking-together",
    "couple-playlist",
    "storytelling",
    "couple-lexicon",
    "joint-project",
    "joint-adventure",
    "future-collage",
    "resource-pooling",
    "anniversary",
)


@pytest.mark.parametrize("practice", PLAIN)
@plays(
    "check-in-text",
    "shared-coffee",
    "bedtime-ritual",
    "goodbye-kiss",
    "twenty-second-hug",
    "holding-hands",
    "phone-free-meal",
    "morning-greeting",
    "date-night",
    "appreciation-round",
    "three-minute-share",
    "active-listening",
    "silent-presence",
    "sensory-sync",
    "cooking-together",
    "couple-playlist",
    "storytelling",
    "couple-lexicon",
    "joint-project",
    "joint-adventure",
    "future-collage",
    "resource-pooling",
    "anniversary",
)
def test_a_practice_is_played_through_by_reply(stage: Stage, practice: str):
    Play(stage, practice).through()


@plays("date-night")
def test_a_date_is_planned_in_turn_and_each_idea_is_another(stage: Stage):
    play = Play(stage, "date-night")
    play.set_up()
    leads, ideas = [], []
    for _ in range(4):
        asked = play.is_nudged()
        occurrence = stage.occurrence()
        lead = str(occurrence.stamp.lead)
        other = "ben" if lead == "ana" else "ana"
        assert occurrence.stamp.asks[lead] in play.form.lead_texts
        assert occurrence.stamp.asks[other] in play.form.texts
        play.is_answered(asked)
        play.is_scored()
        leads.append(lead)
        ideas.append(occurrence.prompt)
    assert leads == ["ana", "ben", "ana", "ben"]
    assert len(set(ideas)) == 4
    assert set(ideas) <= set(play.form.prompts)


@plays("anniversary")
def test_an_anniversary_says_what_the_couple_has_always_said(stage: Stage):
    play = Play(stage, "anniversary", 'texts = ["The blue bench, as every year."]')
    play.set_up()
    for heard in play.is_nudged():
        assert "The blue bench, as every year." in heard.body
    stage.ana.says("done")
    play.is_scored()


@plays("check-in-text", "morning-greeting")
@pytest.mark.parametrize("practice", ["check-in-text", "morning-greeting"])
def test_what_each_does_alone_is_half_when_one_has_done_it(stage: Stage, practice: str):
    play = Play(stage, practice)
    play.set_up()
    play.is_nudged()
    stage.ben.says("done")
    stage.wind("08:01")
    assert stage.outcomes() == ["partial"]
    assert stage.score() == 50
