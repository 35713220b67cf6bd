"""Starting small: a couple chooses what to begin with, and hears of more when that is steady."""

import pytest

from tests.support.actor import Actor
from tests.support.plays import over_weeks, plays
from tests.support.stage import EVENING, Stage, couple_file, phones_of

NO_RITUALS = couple_file("")
COFFEE_IN_FILE = """
[rituals.shared-coffee]
practice = "shared-coffee"
cron = "15 7 * * *"
"""


@pytest.fixture
def asked(stage: Stage) -> Stage:
    """Both were asked what to begin with, and have read it."""
    stage.couple(NO_RITUALS)
    stage.settle_down()
    for actor in _both(stage):
        actor.expects("1 Coffee together")
    return stage


def rituals(stage: Stage) -> list[str]:
    return [each.ritual for each in stage.standing().rituals]


def mornings(stage: Stage, count: int) -> None:
    """So many mornings of coffee, kept."""
    for _ in range(count):
        stage.wind("07:30")
        stage.ana.says("done", to=stage.ana.expects("Coffee together"))
        stage.ben.expects("Coffee together")
        stage.settle_down()


@plays("first-ritual")
def test_a_couple_without_rituals_is_asked_what_to_begin_with(asked: Stage):
    answer = asked.ana.says("1")
    assert answer.startswith("Coffee together: from 2026-03-03 07:30.")
    assert "swap" in answer
    asked.settle_down()
    asked.ben.expects("Coffee together: from 2026-03-03 07:30.")
    assert asked.ana.says("next") == "Coffee together: 2026-03-03 07:30"
    assert rituals(asked) == ["shared-coffee"]
    mornings(asked, 6)
    assert asked.score("shared-coffee") == 100  # and the question itself is in no score
    asked.settle_down()


def test_two_choose_two_and_a_third_waits(asked: Stage):
    asked.ana.says("1")
    asked.settle_down()
    asked.ben.expects("Coffee together")
    assert asked.ben.says("2").startswith("Goodbye kiss")
    asked.settle_down()
    asked.ana.expects("Goodbye kiss")
    assert rituals(asked) == ["shared-coffee", "goodbye-kiss"]
    assert "Two are enough for now" in asked.ana.says("suggest")


def test_what_both_choose_begins_once(asked: Stage):
    asked.ana.says("1")
    asked.settle_down()
    asked.ben.expects("Coffee together: from")
    assert "already" in asked.ben.says("1")
    assert rituals(asked) == ["shared-coffee"]


def test_a_choice_that_is_taken_back_begins_nothing(asked: Stage):
    asked.ana.says("1")
    asked.settle_down()
    asked.ben.expects("Coffee together: from")
    asked.ana.says("undo")
    assert rituals(asked) == []
    asked.ana.says("2")
    asked.settle_down()
    asked.ben.expects("Goodbye kiss: from")
    assert rituals(asked) == ["goodbye-kiss"]


def test_it_is_asked_once_both_can_be_reached(stage: Stage):
    stage.couple(couple_file("", ana=phones_of("ana", "push"), ben=phones_of("ben", "push")))
    stage.settle_down()
    stage.ana.confirms("/ana/push")
    stage.wind(hours=3)
    stage.ana.expects_nothing()
    stage.ben.confirms("/ben/push")
    stage.settle_down()
    for actor in _both(stage):
        actor.expects("1 Coffee together")


def test_it_is_asked_once_however_often_a_file_is_applied(asked: Stage):
    asked.couple(NO_RITUALS)
    asked.wind(days=3)
    for actor in _both(asked):
        assert all(each.body.startswith("Still time") for each in actor.reads_all())
    assert len(asked.occurrences()) == 1


def test_a_file_may_ask_for_it_beside_rituals_of_its_own(stage: Stage):
    stage.couple("begin = true\n" + couple_file(EVENING))
    stage.settle_down()
    for actor in _both(stage):
        assert "Evening check-in" not in actor.expects("1 Coffee together").text


def test_no_file_retires_what_came_by_reply_until_it_names_it(asked: Stage):
    asked.ana.says("1")
    asked.settle_down()
    asked.ben.expects("Coffee together: from")
    asked.couple(NO_RITUALS)
    assert rituals(asked) == ["shared-coffee"]
    asked.couple(couple_file(COFFEE_IN_FILE))
    assert rituals(asked) == ["shared-coffee"]
    assert asked.ana.says("next") == "Coffee together: 2026-03-03 07:15"
    asked.couple(NO_RITUALS)
    assert rituals(asked) == []


@over_weeks
@plays("one-more")
def test_three_steady_weeks_carry_one_more(asked: Stage):
    asked.ana.says("1")
    asked.settle_down()
    asked.ben.expects("Coffee together: from")
    for _ in range(21):
        asked.wind("07:30")
        asked.ana.says("done")
        asked.settle_down()
    for actor in _both(asked):
        assert not [each for each in actor.reads_all() if "1 Goodbye kiss" in each.text]
    asked.wind("07:30")
    asked.ana.says("done")
    asked.wind(hours=27)
    read = [actor.reads_all() for actor in _both(asked)]
    anas, bens = ([each for each in heard if "1 Goodbye kiss" in each.text] for heard in read)
    assert (len(anas), len(bens)) == (1, 1)
    assert "Coffee together" not in anas[0].text
    assert asked.ben.says("1", to=bens[0]).startswith("Goodbye kiss")
    asked.settle_down()
    asked.ana.expects("Goodbye kiss")
    assert "another time" in asked.ana.says("2", to=anas[0])
    assert rituals(asked) == ["shared-coffee", "goodbye-kiss"]


def test_one_more_comes_when_it_is_asked_for_and_there_is_room(asked: Stage):
    asked.ana.says("1")
    asked.settle_down()
    asked.ben.expects("Coffee together: from")
    assert "on their way" in asked.ben.says("suggest")
    asked.settle_down()
    for actor in _both(asked):
        actor.expects("1 Goodbye kiss")


def _both(stage: Stage) -> tuple[Actor, Actor]:
    return stage.ana, stage.ben


def test_what_waits_to_be_chosen_is_not_offered_twice(asked: Stage) -> None:
    assert asked.ana.says("suggest") == "A few to choose from are waiting for you already."


def test_why_says_that_there_was_occasion(asked: Stage) -> None:
    assert "It is not one of your rituals" in asked.ana.says("why")
