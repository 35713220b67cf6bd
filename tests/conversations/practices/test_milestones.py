"""Milestones: what was gathered counts for life, is told once, and is never held up to anybody."""

from sqlalchemy import delete

from tests.conversations.by_text import COFFEE
from tests.support.actor import Actor
from tests.support.plays import over_weeks, plays
from tests.support.stage import MONDAY_NOON, Stage, couple_file
from troth.store.tables import milestones

BEDTIME = """
[rituals.night]
practice = "bedtime-ritual"
cron = "0 22 * * *"
"""
OUR_DAY = """
[rituals.our-day]
practice = "anniversary"
cron = "0 9 14 5 *"
title = "The soup of the first evening"
texts = ["The soup, the small table, the story from the beginning."]
window = "15h"
"""


def evenings(stage: Stage, count: int, said: str = "done") -> None:
    """So many evenings on which Ana answers; what was asked is read."""
    for _ in range(count):
        stage.wind("21:30")
        for actor in (stage.ana, stage.ben):
            actor.expects("Coffee together")
        if said:
            stage.ana.says(said)
            stage.settle_down()


def told(stage: Stage) -> list[str]:
    return [event["data"]["milestone"] for event in stage.events("milestone.reached")]


@plays("milestones")
def test_seven_days_are_celebrated_once_with_both_and_asked_for_by_nothing(stage: Stage):
    stage.couple(couple_file(COFFEE))
    evenings(stage, 6)
    stage.ana.expects_nothing()  # nothing is announced ahead
    stage.ben.expects_nothing()
    evenings(stage, 1)
    assert told(stage) == ["days-7"]
    heard = [actor.expects("7 days on which you kept something") for actor in _both(stage)]
    assert heard[0].body == heard[1].body
    evenings(stage, 1)
    assert told(stage) == ["days-7"]
    standing = stage.standing()
    assert [each.ritual for each in standing.rituals] == ["coffee"]  # a milestone is in no score
    assert standing.score == 100


def test_days_count_however_far_apart_they_lie(stage: Stage):
    stage.couple(couple_file(COFFEE))
    evenings(stage, 4)
    evenings(stage, 3, "no")
    evenings(stage, 2, "skip")
    evenings(stage, 3)
    for actor in _both(stage):
        actor.expects("7 days")


def test_two_rituals_of_one_day_are_one_day(stage: Stage):
    stage.couple(couple_file(COFFEE + COFFEE.replace("coffee]", "tea]").replace("30 21", "0 21")))
    for _ in range(4):
        stage.wind("21:30")
        for actor in _both(stage):
            tea, coffee = actor.expects("Coffee together"), actor.expects("Coffee together")
        stage.ben.says("done", to=tea)
        stage.ben.says("done", to=coffee)
        stage.settle_down()
    assert stage.outcomes() == ["kept"] * 8
    assert told(stage) == []


def test_a_correction_takes_no_milestone_back_and_none_comes_twice(stage: Stage):
    stage.couple(couple_file(COFFEE))
    evenings(stage, 7)
    for actor in _both(stage):
        actor.expects("7 days")
    stage.ana.says("undo")
    stage.settle_down()
    stage.ana.says("done")
    stage.settle_down()
    assert told(stage) == ["days-7"]


@over_weeks
def test_what_a_couple_brings_along_is_told_as_one(stage: Stage):
    stage.couple(couple_file(COFFEE))
    evenings(stage, 29)
    for actor in _both(stage):
        actor.expects("7 days")
    with stage.store.db.writing() as conn:  # as a couple of the version before has it
        conn.execute(delete(milestones))
    evenings(stage, 1)
    for actor in _both(stage):
        actor.expects("30 days")
    assert told(stage) == ["days-7", "days-30"]


@over_weeks
def test_six_months_of_ending_the_day_together(stage: Stage):
    stage.couple(couple_file(BEDTIME, ana='channels = ["troth://"]'))
    for day in range(185):
        stage.wind("22:00")
        if day % 6:
            stage.ana.says("done")
        stage.settle_down()
    assert told(stage) == ["days-7", "days-30", "days-100", "bedtime-six-months"]
    for actor in _both(stage):
        assert actor.expects("Six months of ending the day together")
        actor.reads_all()


@plays("anniversary")
def test_our_day_is_kept_in_the_couples_own_words(stage: Stage):
    stage.couple(couple_file(OUR_DAY))
    for year in (MONDAY_NOON.year, MONDAY_NOON.year + 1):
        stage.wind(f"{year}-05-14T09:00")
        for actor in _both(stage):
            heard = actor.expects("The soup, the small table, the story from the beginning.")
            assert heard.title == "The soup of the first evening"
        assert "noted" in stage.ben.says("done")
        stage.wind(days=2)
    assert stage.outcomes() == ["kept", "kept"]
    prompts = {each.prompt for each in stage.occurrences()}
    assert len(prompts) == 2  # each year has a card of its own
    assert stage.score("our-day") == 100


def _both(stage: Stage) -> tuple[Actor, Actor]:
    return stage.ana, stage.ben
