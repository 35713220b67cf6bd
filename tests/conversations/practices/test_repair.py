"""A repair after a breach: offered without a name, in five stages, watched over for weeks."""

import pytest

from tests.conversations.practices.mending import (
    COFFEE,
    YEARLY,
    begun,
    both_say,
    expects_discreetly,
    offered,
    opened,
    stages_of,
)
from tests.support.plays import plays
from tests.support.stage import Stage, couple_file
from troth.domain.states import NudgeState
from troth.schedules.catalogue import shipped_catalogue
from troth.store import occasions, repairs

CHECK_IN = shipped_catalogue()["repair-check-in"].form


@plays("repair-cycle", "repair-stage", "repair-check-in")
def test_a_repair_is_offered_gone_through_watched_over_and_ends_by_itself(stage: Stage):
    begun(stage)
    for number in range(1, 5):
        both_say(stage, number, f"{number} of ana", f"{number} of ben")
        stage.wind(days=1)
    both_say(stage, 5, "two weeks", "I think 3 weeks would do")
    for _ in range(2):
        stage.wind(days=7)
        for actor, rating in ((stage.ana, "4"), (stage.ben, "9")):
            page = opened(stage, actor)
            assert any(text in page for text in CHECK_IN.texts)
            assert f"noted, {rating} of 10" in actor.says(rating)
    stage.wind(days=1, minutes=1)
    for actor in (stage.ana, stage.ben):
        assert "all the steps" in opened(stage, actor)
    stage.wind(days=30)
    assert stages_of(stage) == ["repair-cycle", *["repair-stage"] * 5, *["repair-check-in"] * 2]
    assert set(stage.outcomes()) == {"kept"}
    assert stage.standing().scored == 0
    assert "of ana" not in stage.dump()


def test_the_next_stage_opens_when_both_have_answered_and_never_in_a_hurry(stage: Stage):
    begun(stage)
    stage.ana.says("what I did")
    stage.wind(days=2)
    stage.ben.expects_nothing()
    assert "your words are kept" in stage.ben.says("what hurt")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)  # the other's words
    stage.wind(minutes=10)
    for actor in (stage.ana, stage.ben):
        assert "Explanation" in opened(stage, actor)


def test_a_stage_that_nobody_answers_is_reminded_of_once_and_then_the_repair_ends(stage: Stage):
    begun(stage)
    stage.ana.says("what I did")
    stage.wind(days=8)
    expects_discreetly(stage.ben)
    stage.ana.expects_nothing()
    stage.wind(days=8)
    over = {opened(stage, actor) for actor in (stage.ana, stage.ben)}
    assert len(over) == 1
    assert "The repair is over" in over.pop()
    assert stage.outcomes()[-1] == "excused: skipped"
    stage.wind(days=30)


def test_it_ends_in_the_middle_of_writing_too(stage: Stage):
    begun(stage)
    assert stage.ana.says("repair over").startswith("It is over")
    assert stage.words_of("ana") == []
    stage.wind(minutes=1)
    expects_discreetly(stage.ben)


def test_who_asks_as_well_has_said_yes(stage: Stage):
    offered(stage)
    stage.ben.says("repair")
    stage.wind(minutes=11)
    for actor in (stage.ana, stage.ben):
        assert "Acknowledgement" in opened(stage, actor)


def test_two_who_ask_in_the_same_instant_make_one_offer(stage: Stage):
    stage.couple(couple_file(YEARLY))
    assert stage.ana.says("repair") == stage.ben.says("repair")
    stage.wind(minutes=11)
    assert stages_of(stage) == ["repair-cycle", "repair-stage"]
    for actor in (stage.ana, stage.ben):
        assert "Acknowledgement" in opened(stage, actor)


def test_a_yes_that_is_taken_back_begins_nothing(stage: Stage):
    offered(stage)
    stage.ben.says("yes")
    stage.wind(minutes=9)
    assert "taken back" in stage.ben.says("undo")
    stage.wind(days=2)
    assert stages_of(stage) == ["repair-cycle"]


def test_a_late_yes_counts_and_a_late_no_ends_it(stage: Stage):
    offered(stage)
    question = stage.ben.everything()[-1]
    stage.wind(days=3, minutes=1)
    stage.ben.says("yes", to=question)
    stage.wind(minutes=11)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    stage.ben.says("no", to=question)
    stage.wind(minutes=1)
    assert "The repair is over" in opened(stage, stage.ana)


def test_an_answer_to_a_stage_that_is_taken_back_opens_no_next_one(stage: Stage):
    begun(stage)
    stage.wind(days=2)
    stage.ana.says("what I did")
    stage.ben.says("what hurt")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    stage.ben.says("undo")
    stage.wind(days=1)
    assert stages_of(stage).count("repair-stage") == 1
    stage.ben.says("said better")
    stage.wind(minutes=11)
    for actor in (stage.ana, stage.ben):
        assert "Explanation" in opened(stage, actor)


def test_whoever_asks_in_vain_again_and_again_waits_longer_and_the_other_does_not(stage: Stage):
    stage.couple(couple_file(YEARLY))
    for waits in (1, 7, 28):
        stage.ana.says("repair")
        stage.wind(minutes=1)
        for actor in (stage.ana, stage.ben):
            expects_discreetly(actor)
        stage.wind(days=3)
        assert "There is room" in stage.ana.says("repair")
        stage.wind(days=waits, minutes=-5)
        assert "There is room" in stage.ana.says("repair")
        if waits == 28:
            break
        stage.wind(minutes=10)
    assert "A moment is waiting" in stage.ben.says("repair")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def test_no_score_moves_while_a_repair_runs_and_ordinary_nudges_still_come(stage: Stage):
    stage.couple(couple_file(COFFEE + 'cron = "0 15 * * *"\nwindow = "1h"\n'))
    stage.wind("15:00")
    both_answer(stage, "done")
    before = stage.standing()
    stage.ana.says("repair")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    stage.ben.says("yes")
    stage.wind(minutes=11)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    stage.wind("15:00")
    for actor, reply in ((stage.ana, "no"), (stage.ben, "no")):
        actor.says(reply, to=actor.expects("Coffee together"))
    assert stage.outcomes()[-1] == "excused: paused"
    assert stage.standing().score == before.score
    stage.wind(minutes=1)
    stage.ben.says("repair over")
    coffee = stage.ana.everything()[-1]
    stage.wind(minutes=1)
    expects_discreetly(stage.ana)
    assert stage.ana.says("undo", to=coffee)
    stage.ana.says("done", to=coffee)
    assert stage.outcomes()[-1] == "excused: paused"  # a mended answer comes to the same
    stage.wind("15:00")
    both_answer(stage, "done")
    assert stage.outcomes()[-1] == "kept"


def test_what_was_answered_before_its_time_is_judged_anew_when_a_repair_begins_and_ends(
    stage: Stage,
):
    stage.couple(couple_file(COFFEE + 'cron = "0 21 * * *"\nwindow = "1h"\n'))
    stage.ana.says("repair")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
        actor.says("yes", to=actor.everything()[-1])
    stage.ana.says("we did it")
    stage.ben.says("we did it")
    assert stage.outcomes() == ["kept", "kept"]
    stage.wind(minutes=11)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    coffee = next(one for one in stage.occurrences() if one.stamp.kind == "done")
    assert str(coffee.reason) == "paused"
    stage.ana.says("repair over")
    stage.wind(minutes=1)
    expects_discreetly(stage.ben)
    coffee = next(one for one in stage.occurrences() if one.stamp.kind == "done")
    assert str(coffee.state) == "kept"
    stage.standing()


def test_no_repair_lasts_longer_than_half_a_year(stage: Stage):
    begun(stage)
    for number in range(1, 5):
        both_say(stage, number, "a", "b")
        stage.wind(days=1)
    both_say(stage, 5, "ten years", "520 weeks")
    couple = stage.in_play
    with stage.store.db.reading() as conn:
        coming = occasions.coming_occasions(conn, couple.id, ["repair-check-in"])
        last = repairs.latest_repair(conn, couple.id)
    assert last is not None
    assert 24 <= len(coming) <= 26
    assert (max(each.due_at for each in coming) - last.starts_at).days < 183


@pytest.mark.parametrize("when", ["before the offer", "after the yes", "in a stage"])
def test_a_restart_loses_and_doubles_nothing(stage: Stage, when: str):
    stage.couple(couple_file(YEARLY))
    stage.ana.says("repair")
    if when == "before the offer":
        stage.restart()
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    stage.ben.says("yes")
    if when == "after the yes":
        stage.restart()
    stage.wind(minutes=11)
    if when == "in a stage":
        stage.restart()
        stage.wind(minutes=11)
    assert stages_of(stage) == ["repair-cycle", "repair-stage"]
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    assert {each.state for each in stage.nudges()} <= {NudgeState.SENT, NudgeState.WITHDRAWN}


def both_answer(stage: Stage, reply: str) -> None:
    for actor in (stage.ana, stage.ben):
        actor.says(reply, to=actor.expects("Coffee together"))


def test_a_chat_of_quick_answers_hurries_no_stage(stage: Stage):
    begun(stage)
    both_say(stage, 1, "a", "b")
    for word in ("more", "and more"):
        stage.ana.says(word, to=stage.ana.everything()[1])
    stage.wind(hours=20)
    assert stages_of(stage).count("repair-stage") == 1
    stage.wind(hours=4)
    assert stages_of(stage).count("repair-stage") == 2
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def test_agreed_lengths_may_be_mended_while_they_run(stage: Stage):
    begun(stage)
    for number in range(1, 5):
        both_say(stage, number, "a", "b")
        stage.wind(days=1)
    asked = stage.ana.everything()[-1]
    both_say(stage, 5, "let us see", "as you like")
    assert len(check_ins(stage)) == 4
    stage.ana.says("3 weeks", to=asked)
    assert len(check_ins(stage)) == 3
    stage.ana.says("repair over")
    assert check_ins(stage) == []
    stage.wind(minutes=1)
    expects_discreetly(stage.ben)


def check_ins(stage: Stage) -> list[occasions.Occasion]:
    with stage.store.db.reading() as conn:
        return occasions.coming_occasions(conn, stage.in_play.id, ["repair-check-in"])


def test_an_offer_comes_at_once_however_full_the_day_is(stage: Stage):
    stage.couple(couple_file(COFFEE + 'cron = "0 20 * * *"\n', nudges_a_day=1))
    stage.ana.says("repair")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
