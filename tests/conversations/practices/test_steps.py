"""Timed steps: each at its second, ended by either at any time, begun anew by whoever likes."""

from datetime import timedelta

import pytest

from tests.conversations.practices.listening import both_expect
from tests.support.stage import Stage, couple_file

SHARE = """
[rituals.share]
practice = "three-minute-share"
cron = "0 20 * * *"
sensitivity = "open"
"""
HUG = """
[rituals.hug]
practice = "twenty-second-hug"
cron = "0 18 * * *"
remind = []
"""
FIRST, CHANGE, THANK, OVER = "The first of you", "Change places", "Thank each other", "That was it"


@pytest.fixture
def sitting(stage: Stage) -> Stage:
    """They sit together at 20:00:07 and have begun."""
    stage.couple(couple_file(SHARE))
    stage.wind("20:00")
    both_expect(stage, "Three minutes each")
    stage.wind(seconds=7)
    stage.ana.says("begin")
    stage.wind(seconds=0)
    both_expect(stage, FIRST)
    return stage


def test_each_step_comes_at_its_second(sitting: Stage):
    begun = sitting.clock.now()
    for seconds, text in ((180, CHANGE), (360, THANK), (390, OVER)):
        due = begun + timedelta(seconds=seconds)
        assert sitting.service.rounds.next_moment() == due
        sitting.wind(seconds=(due - sitting.clock.now()).total_seconds() - 1)
        sitting.ana.expects_nothing()
        sitting.ben.expects_nothing()
        sitting.wind(seconds=1)
        for actor in (sitting.ana, sitting.ben):
            assert actor.expects(text).at == due


@pytest.mark.parametrize("word", ["done", "no", "skip", "enough", "that's enough"])
@pytest.mark.parametrize("who", ["ana", "ben"])
def test_either_ends_the_steps_for_both(sitting: Stage, who: str, word: str):
    sitting.wind(seconds=30)
    (sitting.ana if who == "ana" else sitting.ben).says(word)
    sitting.wind(minutes=10)
    sitting.ana.expects_nothing()
    sitting.ben.expects_nothing()


@pytest.mark.parametrize("word", ["done", "enough"])
def test_begin_begins_anew_after_an_end(sitting: Stage, word: str):
    sitting.wind(seconds=30)
    sitting.ana.says(word)
    sitting.wind(seconds=30)
    assert "begun" in sitting.ben.says("begin")
    sitting.wind(seconds=0)
    both_expect(sitting, FIRST)
    sitting.wind(minutes=7)
    for text in (CHANGE, THANK, OVER):
        both_expect(sitting, text)


def test_what_was_ended_comes_back_by_begin_and_not_by_undo(sitting: Stage):
    sitting.wind(seconds=30)
    sitting.ana.says("done")
    sitting.ana.says("undo")
    sitting.wind(minutes=10)
    sitting.ana.expects_nothing()
    sitting.ben.expects_nothing()
    assert sitting.outcomes() == ["open"]


def test_a_second_hug_is_a_hug(stage: Stage):
    stage.couple(couple_file(HUG))
    stage.wind("18:00")
    both_expect(stage, "Twenty-second hug")
    for _ in range(2):
        stage.ana.says("begin")
        stage.wind(seconds=20)
        both_expect(stage, "Arms around")
        both_expect(stage, OVER)
        stage.ben.says("done")
        stage.wind(seconds=5)
    assert stage.outcomes() == ["kept"]


def test_enough_says_how_to_go_on_and_is_no_answer(sitting: Stage):
    assert sitting.ben.says("enough") == (
        "Three minutes each: no more steps will come. Begin starts anew, done whenever you like."
    )
    assert sitting.outcomes() == ["open"]
    for actor in (sitting.ana, sitting.ben):
        actor.says("done")
    assert sitting.outcomes() == ["kept"]


def test_where_nothing_is_timed_there_is_nothing_to_end(stage: Stage):
    stage.couple(couple_file('[rituals.kiss]\npractice = "goodbye-kiss"\ncron = "0 18 * * *"\n'))
    stage.wind("18:00")
    both_expect(stage, "Goodbye kiss")
    assert "nothing to time" in stage.ana.says("enough")


def test_enough_where_words_were_asked_for_is_an_answer(stage: Stage):
    stage.couple(couple_file('[rituals.day]\npractice = "evening-check-in"\n'))
    stage.wind("21:30")
    both_expect(stage, "High and low")
    stage.ana.says("Enough.")
    assert stage.words_of("ana") == ["Enough."]
