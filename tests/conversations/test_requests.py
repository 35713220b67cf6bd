"""What partners ask for beside their answers; and that a pause is nobody's business."""

import pytest

from tests.conversations.by_text import COFFEE
from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.states import NudgeState

BOTH = COFFEE + 'rule = "both"\n'


@pytest.fixture
def evening(stage: Stage) -> Stage:
    """Coffee at 21:30, both asked."""
    stage.couple(couple_file(COFFEE))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")
    return stage


def test_undo_takes_an_answer_back_and_the_score_with_it(evening: Stage):
    before = evening.standing()
    evening.ana.says("no")
    evening.ben.says("no")
    assert evening.outcomes() == ["missed"]
    assert "taken back" in evening.ben.says("undo")
    assert evening.outcomes() == ["open"]  # ben may yet say the other
    evening.ana.says("undo")
    assert evening.outcomes() == ["open"]
    assert evening.standing() == before
    evening.ana.says("done")
    evening.ben.says("done")
    assert evening.outcomes() == ["kept"]


def test_undo_is_for_ten_minutes(evening: Stage):
    evening.ana.says("done")
    evening.wind(minutes=11)
    assert "nothing of the last ten minutes" in evening.ana.says("undo")
    evening.ben.says("done")
    assert evening.outcomes() == ["kept"]


def test_undo_is_for_ones_own_words_only(evening: Stage):
    evening.ana.says("done")
    assert "nothing of the last ten minutes" in evening.ben.says("undo")


def test_why_names_the_ritual_and_its_time(evening: Stage):
    assert (
        evening.ana.says("why") == "Coffee together is one of your rituals, and 21:30 is its time."
    )


def test_score_is_the_couples_with_its_denominator(evening: Stage):
    assert evening.ana.says("score") == "There is nothing to count yet."
    for actor in (evening.ana, evening.ben):
        actor.says("done")
    assert "building, 1 of 5" in evening.ben.says("score")
    for _ in range(4):
        evening.wind("21:30")
        for actor in (evening.ana, evening.ben):
            actor.expects("Coffee together")
            actor.says("done")
    assert "100 of 100, from 5" in evening.ana.says("score")


def test_next_tells_what_comes_on_ones_own_clock(evening: Stage):
    assert evening.ana.says("next") == "Coffee together: 2026-03-03 21:30"


def test_a_pause_lets_nothing_through_and_counts_nothing(evening: Stage):
    for actor in (evening.ana, evening.ben):
        actor.says("done")
    assert evening.ben.says("pause 3d").startswith("Paused until 2026-03-05")
    score = evening.standing()
    evening.wind(days=2)
    evening.ben.expects_nothing()
    for _ in range(2):
        evening.ana.expects("Coffee together")
    evening.wind("20:00")
    assert set(evening.outcomes()[1:]) <= {"excused: undelivered", "open"}
    assert evening.standing().score == score.score
    assert evening.ben.says("resume") == "Good to have you back. It goes on from here."
    evening.wind("21:31")
    evening.ben.expects("Coffee together")
    evening.ana.expects("Coffee together")


def test_nobody_is_told_who_paused(evening: Stage):
    told = len(evening.ana.everything())
    evening.ben.says("pause 2w")
    evening.wind(minutes=5)
    assert len(evening.ana.everything()) == told
    assert not any("pause" in str(entry).casefold() for entry in evening.events("channel"))


def test_a_pause_without_a_length_asks_for_one_and_quiet_takes_a_week(evening: Stage):
    assert evening.ana.says("pause").startswith("For how long?")
    assert evening.ana.says("resume") == "Nothing is paused just now."
    assert evening.ana.says("quiet week").startswith("Quiet until 2026-03-09")


def test_a_pause_begun_between_planning_and_sending_holds(stage: Stage):
    stage.couple(couple_file(COFFEE))
    stage.sleep("21:29")
    stage.service.rounds.once()
    stage.ben.says("pause 2d")
    stage.wind("21:31")
    stage.ana.expects("Coffee together")
    stage.ben.expects_nothing()
    bens = [each for each in stage.nudges() if each.partner_id == stage.partner_id("ben")]
    assert [each.state for each in bens] == [NudgeState.WITHDRAWN]


def test_swap_moves_an_occurrence_for_both(evening: Stage):
    assert evening.ana.says("swap tomorrow 18:00") == "Coffee together: moved to 2026-03-03 18:00."
    evening.wind("17:59")
    for actor in (evening.ana, evening.ben):
        actor.expects_nothing()
    evening.wind("18:01")
    for actor in (evening.ana, evening.ben):
        actor.expects("Coffee together")
        actor.says("done")
    assert evening.outcomes()[0] == "kept"


def test_swap_to_no_time_asks_for_one(evening: Stage):
    assert "to which day or time" in evening.ana.says("swap")


def test_thanks_and_promises_are_kept_sealed(evening: Stage):
    assert (
        evening.ana.says("thanks for the tea yesterday") == "Your thanks are kept for both of you."
    )
    said = evening.ana.says("promise to call when late by friday")
    assert said == "Your promise is noted, for 2026-03-06."
    assert "tea yesterday" not in evening.dump()
    assert "call when late" not in evening.dump()
    assert evening.outcomes() == ["open"]


def test_words_that_were_asked_for_stay_words(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        actor.expects("High and low of the day")
    assert "your words are kept" in stage.ana.says("thanks for asking, it was the walk")
    assert stage.words_of("ana") == ["thanks for asking, it was the walk"]


def test_we_did_it_unasked_opens_and_answers_what_comes_today(stage: Stage):
    stage.couple(couple_file(BOTH))
    assert stage.ana.says("we did it") == "Coffee together: noted as done."
    stage.wind("21:31")
    stage.ana.expects_nothing()
    stage.ben.expects("Coffee together")
    stage.ben.says("done")
    assert stage.outcomes() == ["kept"]
    stage.wind("21:31")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")  # tomorrow's comes as ever
    assert len(stage.occurrences()) == 2


def test_what_was_answered_unasked_outlives_a_change_of_the_file(stage: Stage):
    stage.couple(couple_file(BOTH))
    stage.ana.says("we did it")
    stage.couple(couple_file(BOTH.replace("4h", "5h")))
    stage.wind("21:31")
    stage.ana.expects_nothing()
    stage.ben.expects("Coffee together")
    assert len(stage.occurrences()) == 1


def test_where_two_come_today_nobody_can_say_which_was_done(stage: Stage):
    stage.couple(couple_file(COFFEE + COFFEE.replace("coffee]", "tea]")))
    assert stage.ana.says("we did it") == "Nothing is waiting for an answer just now."
    assert stage.occurrences() == []


def test_both_may_say_unasked_that_it_was_done(stage: Stage):
    stage.couple(couple_file(BOTH))
    for actor in (stage.ana, stage.ben):
        assert actor.says("we did it") == "Coffee together: noted as done."
    assert stage.outcomes() == ["kept"]
    stage.wind("21:31")


def test_undo_brings_back_what_the_answer_took_back(stage: Stage):
    stage.couple(couple_file(COFFEE + 'rule = "either"\n'))
    stage.ben.says("we did it")
    stage.ben.says("undo")
    stage.wind("21:31")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")


def test_a_pause_after_being_asked_counts_nothing(evening: Stage):
    evening.ben.says("pause 3d")
    evening.wind("12:00")
    assert evening.outcomes() == ["excused: undelivered"]


def test_no_swap_holds_an_occurrence_open_for_ever(evening: Stage):
    for when in ("2090-01-01 18:00", "9999-12-31 23:59"):
        assert "to which day or time" in evening.ana.says(f"swap {when}")
    for _ in range(4):
        evening.ana.says("swap tomorrow 18:00")
    assert (evening.occurrence().ends_at - evening.clock.now()).total_seconds() < 25 * 3_600
