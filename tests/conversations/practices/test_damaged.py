"""A row that was damaged steps aside: it costs nobody else anything, and its own couple little."""

from typing import Any

import pytest
from sqlalchemy import update

from tests.conversations.practices.listening import COFFEE, days, hear_all
from tests.conversations.practices.mending import YEARLY
from tests.support.plays import over_weeks
from tests.support.stage import EVENING, Stage, couple_file
from troth.store.tables import couples, occasions, rituals, seasons

BROKEN: list[Any] = [["what"], {"seven": {"rests": True}}, {"7": "rests"}, {"7": {"hour": "x"}}, 7]
BROKEN += [{"7": {"hour": "99:99"}}, {"7": {"lite": "x", "rests": []}}]


@pytest.mark.parametrize("tuned", BROKEN)
def test_what_was_changed_by_reply_and_can_not_be_read_changes_nothing(stage: Stage, tuned: Any):
    stage.couple(couple_file(COFFEE + EVENING))
    with stage.store.db.writing() as conn:
        conn.execute(update(rituals).where(rituals.c.key == "coffee").values(tuned=tuned))
    assert stage.ana.says("resume") == "Nothing is paused just now."
    stage.ana.says("season illness")
    stage.ana.says("season illness over")
    stage.wind("21:31")
    told = hear_all(stage)
    assert len([text for text in told if text.startswith("Coffee")]) == 2
    stage.couple(couple_file(COFFEE + EVENING + 'title = "Evening"\n'))
    days(stage, 6)
    assert stage.ana.says("next") != ""


@pytest.mark.parametrize("customs", [["what"], 7, {"timeout": 7}, {"timeout": ["x"]}])
def test_a_custom_that_can_not_be_read_is_as_if_there_were_none(stage: Stage, customs: Any):
    stage.couple(couple_file(COFFEE))
    with stage.store.db.writing() as conn:
        conn.execute(update(couples).values(customs=customs))
    stage.wind("21:31")
    hear_all(stage)
    assert "noted" in stage.ana.says("done")
    stage.couple(couple_file(COFFEE + 'title = "Cups"\n'))


def test_a_pause_whose_facts_can_not_be_read_hinders_no_other(stage: Stage):
    stage.couple(couple_file(YEARLY))
    stage.ana.says("timeout 10h")
    with stage.store.db.writing() as conn:
        conn.execute(update(occasions).values(about={}))
    assert stage.ana.says("timeout") == "Noted, until 12:30."
    stage.wind(minutes=31)
    assert len(hear_all(stage)) == 4  # one calm text and one return each


@over_weeks
@pytest.mark.parametrize("about", [{}, ["what"], 7, {"promise": "x", "by": "y"}])
def test_an_occasion_that_can_not_be_read_stops_no_other(stage: Stage, about: Any):
    stage.couple(couple_file(COFFEE))
    stage.ana.says("promise a by friday")
    with stage.store.db.writing() as conn:
        conn.execute(update(occasions).values(about=about))
    stage.ana.says("promise a call by friday")
    stage.ana.says("season illness")
    stage.ana.says("repair")
    days(stage, 5)
    assert any("a call" in heard.body for heard in stage.ana.everything())


def test_a_season_of_a_kind_that_is_unknown_is_none(stage: Stage):
    stage.couple(couple_file(COFFEE))
    stage.ana.says("season illness")
    with stage.store.db.writing() as conn:
        conn.execute(update(seasons).values(about=["what"]))
    stage.ana.says("season illness over")
    stage.wind("21:31")
    assert any("Coffee together" in text for text in hear_all(stage))


def test_a_damaged_ritual_is_not_taken_for_one_that_nobody_chose(stage: Stage):
    stage.couple(couple_file(""))
    stage.settle_down()
    hear_all(stage)
    stage.ana.says("1")
    stage.settle_down()
    hear_all(stage)
    with stage.store.db.writing() as conn:
        conn.execute(update(rituals).where(rituals.c.origin == "reply").values(spec={}))
    stage.ben.says("2")
    with stage.store.db.reading() as conn:
        rows = conn.execute(rituals.select().where(rituals.c.origin == "reply")).all()
    assert [row.retired_at for row in rows] == [None, None]
    stage.settle_down()
    hear_all(stage)
