"""A ritual that nobody answers asks once how to go on, and is quiet then."""

from datetime import timedelta

import pytest

from tests.conversations.practices.listening import COFFEE, LIGHT, days, hear, hear_all
from tests.support.plays import over_weeks, plays
from tests.support.stage import Stage, couple_file
from troth.domain.states import NudgePurpose
from troth.engine.explain import explain

QUESTION = "Let it rest"
FEWER = "Fewer nudges"


def coffees(texts: list[str]) -> list[str]:
    return [text for text in texts if text.startswith("Coffee")]


@pytest.fixture
def silent(stage: Stage) -> Stage:
    """Five evenings at which both were asked and nobody said anything; both are asked how on."""
    stage.couple(couple_file(COFFEE))
    days(stage, 5)
    stage.wind("18:31")
    return stage


@plays("ritual-recalibration")
def test_five_unanswered_evenings_ask_once_how_to_go_on_and_then_it_is_quiet(silent: Stage):
    before = silent.standing()
    assert before.rituals[0].missed == 5
    for actor in (silent.ana, silent.ben):
        asked = actor.expects(QUESTION)
        assert "Coffee together" in asked.text
        assert "1 Keep" in asked.text
    silent.wind(days=20)
    silent.ana.expects_nothing()
    silent.ben.expects_nothing()
    assert silent.standing() == before
    assert silent.outcomes() == ["missed"] * 6  # the last is the question itself, in no score


@pytest.fixture
def asked(silent: Stage) -> Stage:
    hear_all(silent)
    return silent


def test_keep_goes_on_as_before_and_asks_again_only_after_five_more(asked: Stage):
    assert "Keep it as it is" in asked.ana.says("keep")
    for _ in range(5):
        asked.wind("21:31")
        assert len(coffees(hear_all(asked))) == 2
    asked.wind("2026-03-12T18:31")
    assert sum(QUESTION in text for text in hear_all(asked)) == 2


def test_lighter_asks_for_the_light_form(asked: Stage):
    asked.ben.says("lighter")
    asked.wind("21:31")
    assert all(LIGHT in text for text in coffees(hear_all(asked)))
    assert asked.occurrence().stamp.season is None


def test_rest_lasts_until_resume_and_is_in_no_score(asked: Stage):
    asked.ben.says("rest")
    assert asked.standing().rituals == ()
    asked.couple(couple_file(COFFEE))  # nothing new in it
    asked.wind(days=7)
    assert hear_all(asked) == []
    assert asked.ana.says("next") == "Nothing is planned just now."
    assert "It goes on from here" in asked.ana.says("resume")
    asked.wind("21:31")
    assert len(coffees(hear_all(asked))) == 2


def test_a_file_that_changes_wakes_what_rests(asked: Stage):
    asked.ben.says("rest")
    asked.couple(couple_file(COFFEE + 'title = "Coffee anew"\n'))
    asked.wind("21:31")
    assert len(coffees(hear_all(asked))) == 2


def test_a_zone_that_changes_wakes_nothing(asked: Stage):
    asked.couple(couple_file(COFFEE, zone="Europe/Madrid"))
    asked.wind(days=2)
    assert hear_all(asked) == []


def test_an_answer_that_is_taken_back_leaves_it_quiet(asked: Stage):
    asked.ana.says("keep")
    asked.ana.says("undo")
    asked.wind(days=2)
    assert coffees(hear_all(asked)) == []
    asked.ben.says("lighter", to=None)
    asked.wind("21:31")
    assert all(LIGHT in text for text in coffees(hear_all(asked)))


def test_a_mended_choice_holds_and_the_first_does_not(asked: Stage):
    question = next(h for h in asked.ana.everything() if QUESTION in h.body)
    asked.ana.says("lighter", to=question)
    asked.ana.says("keep", to=question)
    asked.wind("21:31")
    told = coffees(hear_all(asked))
    assert len(told) == 2
    assert all(LIGHT not in text for text in told)


def test_we_did_it_wakes_it(asked: Stage):
    assert asked.ana.says("we did it", to=None) == "Coffee together: noted as done."
    asked.wind("21:31")
    assert len(coffees(hear(asked.ben))) == 1
    assert coffees(hear(asked.ana)) == []
    asked.wind("21:31")
    assert len(coffees(hear_all(asked))) == 2


def test_a_late_answer_to_an_evening_of_it_wakes_it(silent: Stage):
    hear_all(silent)
    late = [h for h in silent.ana.everything() if h.title == "Coffee together"][-1]
    silent.ana.says("no", to=late)
    silent.wind("21:31")
    assert len(coffees(hear_all(silent))) == 2


def test_evenings_that_reached_nobody_make_nothing_quiet(stage: Stage):
    stage.couple(couple_file(COFFEE))
    stage.ana.says("pause 3w")
    stage.ben.says("pause 3w")
    days(stage, 8)
    assert hear_all(stage) == []
    stage.ana.says("resume")
    stage.ben.says("resume")
    stage.wind("21:31")
    assert len(coffees(hear_all(stage))) == 2


def answer_at(stage: Stage, hour: str) -> None:
    """Both hear of it at half past nine, and answer at this hour."""
    stage.wind("21:31")
    hear_all(stage)
    stage.wind(hour)
    hear_all(stage)
    for actor in (stage.ana, stage.ben):
        actor.says("done")


def test_move_suggests_the_hour_at_which_they_usually_answer(stage: Stage):
    stage.couple(couple_file(COFFEE.replace("2h", "6h")))
    for _ in range(4):
        answer_at(stage, "23:10")
    days(stage, 5)
    stage.wind("18:31")
    assert "Move it to 23:00" in "".join(hear(stage.ana))
    hear_all(stage)
    assert "23:00" in stage.ana.says("move")
    stage.wind("22:59")
    assert hear_all(stage) == []
    stage.wind("23:01")
    assert len(coffees(hear_all(stage))) == 2
    assert "23:00" in stage.ana.says("why")
    with stage.store.db.reading() as conn:
        told = explain(conn, f"o{stage.occurrence().id}")
    assert told["changed_by_reply"] == {"hour": "23:00"}
    stage.couple(couple_file(COFFEE.replace("2h", "6h") + 'title = "Coffee"\n'))
    assert stage.ana.says("next").endswith("23:00")
    stage.couple(couple_file(COFFEE.replace("30 21", "0 20")))
    assert stage.ana.says("next").endswith("20:00")


@over_weeks
def test_a_low_run_is_asked_about_once_a_quarter_and_does_not_fall_quiet(stage: Stage):
    stage.couple(couple_file(COFFEE))
    for _ in range(40):
        stage.wind("21:31")
        hear_all(stage)
        stage.ana.says("no", to=stage.ana.everything()[-1])
        stage.wind("12:00")
    hear_all(stage)
    questions = [h for h in stage.ben.everything() if QUESTION in h.body]
    assert len(questions) == 1
    assert len(stage.occurrences()) == 41


@over_weeks
@plays("fewer-nudges")
def test_eight_evenings_unasked_offer_fewer_nudges_and_then_there_is_one_late(stage: Stage):
    stage.couple(couple_file(COFFEE.replace("2h", "4h")))
    for _ in range(8):
        stage.wind("20:00")
        for actor in (stage.ana, stage.ben):
            actor.says("we did it")
        stage.wind("22:00")
    assert coffees(hear_all(stage)) == []
    stage.wind("18:31")
    for actor in (stage.ana, stage.ben):
        assert "Coffee together" in actor.expects(FEWER).text
    assert FEWER in stage.ben.says("fewer")
    assert stage.standing().rituals[0].kept == 8  # the offer is in no score
    stage.wind("22:00")
    assert hear_all(stage) == []
    assert "noted as done" in stage.ana.says("we did it")
    stage.wind("2026-03-11T00:29")
    assert hear_all(stage) == []
    stage.wind("2026-03-11T00:31")  # three quarters into its window
    assert len(coffees(hear(stage.ben))) == 1
    assert hear(stage.ana) == []
    stage.ben.says("done")
    kinds = [n.purpose for n in stage.nudges() if n.occurrence_id == stage.occurrence().id]
    assert set(kinds) == {NudgePurpose.RITUAL}
    assert stage.standing().rituals[0].kept == 9
    for _ in range(9):
        stage.wind("20:00")
        for actor in (stage.ana, stage.ben):
            actor.says("we did it")
    stage.wind(days=2)
    assert not any(FEWER in text for text in hear_all(stage))  # offered once


def test_a_restart_between_the_last_miss_and_the_question_asks_once(stage: Stage):
    stage.couple(couple_file(COFFEE))
    days(stage, 4)
    stage.wind("21:31")
    stage.sleep("23:31")
    stage.restart()
    stage.settle_down()
    stage.restart()
    stage.wind("18:31")
    assert sum(QUESTION in text for text in hear_all(stage)) == 2
    stage.wind(days=3)
    assert hear_all(stage) == []
    assert stage.occurrence().due_at > stage.clock.now() - timedelta(days=9)
