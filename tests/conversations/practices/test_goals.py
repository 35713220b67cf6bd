"""Goals: each step is brought to the other and quoted next time; what is reached is celebrated."""

import pytest

from tests.conversations.practices.listening import both_expect
from tests.support.plays import plays
from tests.support.stage import Stage, couple_file


def goal_file(practice: str, more: str = "") -> str:
    return f"""
[rituals.goal]
practice = "{practice}"
cron = "0 11 * * *"
window = "20h"
remind = []
{more}
"""


@pytest.fixture
def project(stage: Stage) -> Stage:
    """Both are asked for news of their project."""
    stage.couple(couple_file(goal_file("joint-project")))
    stage.wind("11:00")
    both_expect(stage, "Our project")
    return stage


@pytest.mark.parametrize("practice", ["joint-project", "joint-adventure"])
@plays("joint-project", "joint-adventure")
def test_a_goal_goes_step_by_step_until_it_is_reached(stage: Stage, practice: str):
    stage.couple(couple_file(goal_file(practice)))
    stage.wind("11:00")
    both_expect(stage, "Our")
    stage.ana.says("The first row of beans is sown.")
    stage.wind(minutes=1)
    stage.ben.expects("Ana: The first row of beans is sown.")
    assert stage.outcomes() == ["kept"]
    assert "beans" not in stage.dump()
    stage.wind("11:00")
    both_expect(stage, "Ana: The first row of beans is sown.")
    assert "reached. How good" in stage.ben.says("reached, we ate the first soup")
    stage.wind(minutes=1)
    stage.ana.expects("Ben: we ate the first soup")
    both_expect(stage, "raise a glass")
    assert stage.outcomes() == ["kept", "kept"]
    assert stage.score() == 100
    assert [each["data"]["milestone"] for each in stage.events("milestone")] == ["goal.o2"]
    assert "soup" not in stage.dump()
    stage.wind(days=3)  # it rests
    assert "goes on from here" in stage.ana.says("new goal: a bench under the tree")
    stage.wind(minutes=1)
    stage.ben.expects("Ana: a bench under the tree")
    assert len(stage.occurrences()) == 2
    stage.wind("11:00")
    both_expect(stage, "Ana: a bench under the tree")
    stage.ana.says("skip")


def test_what_is_reached_is_celebrated_once(project: Stage):
    project.ana.says("reached")
    project.ben.says("reached!")
    project.wind(minutes=1)
    both_expect(project, "raise a glass")
    project.wind(days=2)
    assert project.outcomes() == ["kept"]
    assert len(project.events("milestone")) == 1


def test_reached_that_is_taken_back_lets_the_ritual_go_on(project: Stage):
    project.ana.says("reached")
    project.wind(minutes=1)
    both_expect(project, "raise a glass")
    project.ana.says("undo")
    project.ana.says("Only the first shelf.")
    project.wind(minutes=1)
    project.ben.expects("Ana: Only the first shelf.")
    project.wind("11:00")
    both_expect(project, "Only the first shelf.")


def test_reached_may_come_when_nothing_is_open(project: Stage):
    project.ana.says("The boards are cut.")
    project.wind("20:00")
    project.ben.expects("The boards are cut.")
    assert "reached. How good" in project.ben.says("we reached it")
    project.wind("20:01")
    both_expect(project, "raise a glass")
    project.wind(days=2)
    assert project.outcomes() == ["kept"]


def test_without_a_goal_there_is_nothing_to_reach(stage: Stage):
    stage.couple(couple_file('[rituals.kiss]\npractice = "goodbye-kiss"\n'))
    assert stage.ana.says("reached") == "There is no goal of yours to say this of just now."


def test_a_goal_in_a_discreet_ritual_is_celebrated_without_its_name(stage: Stage):
    stage.couple(couple_file(goal_file("joint-project", 'sensitivity = "discreet"')))
    stage.wind("11:00")
    both_expect(stage, "moment waiting")
    stage.ana.says("reached")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        assert "project" not in actor.expects("raise a glass").text


@plays("personal-goal")
def test_each_has_a_goal_of_their_own_and_the_other_cheers(stage: Stage):
    stage.couple(couple_file(goal_file("personal-goal")))
    stage.wind("11:00")
    both_expect(stage, "A goal of my own")
    stage.ana.says("Run to the lighthouse.")
    stage.ben.says("Learn the waltz.")
    stage.wind(minutes=1)
    stage.ben.expects("Ana: Run to the lighthouse.")
    stage.ana.expects("Ben: Learn the waltz.")
    stage.wind("11:00")
    stage.ana.expects("Ana: Run to the lighthouse.")
    stage.ben.expects("Ben: Learn the waltz.")
    stage.ana.says("reached in the rain")
    stage.ben.says("The first turn.")
    stage.wind(minutes=1)
    stage.ben.expects("Ana: in the rain")
    stage.ana.expects("Ben: The first turn.")
    both_expect(stage, "raise a glass")
    assert stage.outcomes() == ["kept", "kept"]
    stage.wind("11:00")
    both_expect(stage, "A goal of my own")
    stage.ben.says("The second turn.")
    stage.wind(minutes=1)
    stage.ana.expects("Ben: The second turn.")
    assert stage.outcomes()[2:] == ["open"]
    stage.wind("10:00")
    assert stage.outcomes() == ["kept", "kept", "kept"]  # who has reached theirs owes nothing
    assert stage.score() == 100
    stage.wind("11:00")
    both_expect(stage, "A goal of my own")
    stage.ben.says("reached")
    stage.wind(minutes=1)
    both_expect(stage, "raise a glass")
    stage.wind(days=3)
    assert len(stage.occurrences()) == 4  # both rest
