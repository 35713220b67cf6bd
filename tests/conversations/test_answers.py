"""What answers do: late, differing, over midnight, by code, as a number, in private."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.support.stage import EVENING, Stage, couple_file

COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "0 21 * * *"
"""
MEAL = """
[rituals.meal]
practice = "phone-free-meal"
cron = "0 21 * * *"
"""
CLOSENESS = """
[rituals.closeness]
practice = "closeness-rating"
cron = "0 20 * * *"
"""
HUG = """
[rituals.hug]
practice = "twenty-second-hug"
cron = "0 18 * * *"
remind = []
"""
SHARE = """
[rituals.share]
practice = "three-minute-share"
cron = "0 20 * * *"
"""


def test_a_late_answer_moves_the_score_to_exactly_what_it_would_have_been(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory
):
    stage.couple(couple_file(EVENING + 'rule = "each"\n'))
    for evening in range(6):
        stage.wind("21:30")
        ask = stage.ana.expects("High and low of the day")
        stage.ben.expects("High and low of the day")
        stage.ben.says("Ben's day.")
        if evening == 2:
            missed = ask
        else:
            stage.ana.says("Ana's day.")
        stage.wind("12:00")
        if evening == 2:
            stage.ana.expects("Still time")
    assert stage.outcomes() == ["kept", "kept", "partial", "kept", "kept", "kept"]
    before = stage.score()
    assert before is not None
    assert before < 100
    assert "as if it had come earlier" in stage.ana.says("It was fine.", to=missed)
    assert stage.outcomes() == ["kept"] * 6
    assert stage.score() == 100
    assert stage.standing().score == 100
    stage.ana.says("no", to=missed)
    assert stage.score() != 100


def test_an_answer_at_twenty_to_one_counts_for_the_evening_before(stage: Stage):
    stage.couple(couple_file(COFFEE.replace("practice", 'window = "2h"\npractice')))
    stage.wind("21:00")
    stage.ana.expects("Coffee together")
    stage.ben.expects("Coffee together")
    stage.wind("00:40")
    assert stage.outcomes() == ["missed"]
    assert "noted as done" in stage.ana.says("we did it")
    assert stage.outcomes() == ["kept"]


def test_an_answer_after_the_day_has_started_opens_nothing_of_yesterday(stage: Stage):
    stage.couple(couple_file(COFFEE.replace("practice", 'window = "2h"\npractice')))
    stage.wind("21:00")
    stage.ana.expects("Coffee together")
    stage.ben.expects("Coffee together")
    stage.wind("04:10")
    assert "Nothing is waiting" in stage.ana.says("done")
    assert stage.outcomes() == ["missed"]


def test_differing_accounts_are_not_scored_and_shown_to_nobody(stage: Stage):
    stage.couple(couple_file(COFFEE))
    stage.wind("21:00")
    stage.ana.expects("Coffee together")
    stage.ben.expects("Coffee together")
    stage.ana.says("done")
    assert stage.outcomes() == ["kept"]
    answer = stage.ben.says("no")
    assert stage.outcomes() == ["excused: differing"]
    assert stage.score() is None
    assert "Ana" not in answer
    assert "differ" not in answer
    stage.wind("12:00")


def test_several_open_nudges_ask_once_with_codes(stage: Stage):
    stage.couple(couple_file(COFFEE + MEAL))
    stage.wind("21:00")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")
        actor.expects("Phone stacking")
    which = stage.ana.says("done")
    assert "1 Coffee together" in which
    assert "2 Phone stacking" in which
    assert stage.outcomes() == ["open", "open"]
    assert "Phone stacking: noted as done" in stage.ana.says("2 done")
    assert sorted(stage.outcomes()) == ["kept", "open"]
    assert "Coffee together: noted as done" in stage.ana.says("done")


def test_what_a_partner_has_answered_is_not_asked_about_again(stage: Stage):
    """Both are still open for the couple, but Ana has only one left to answer."""
    stage.couple(couple_file(EVENING + COFFEE.replace("practice", 'rule = "both"\npractice')))
    stage.wind("21:00")
    stage.ana.expects("Coffee together")
    stage.ben.expects("Coffee together")
    stage.ana.says("done")
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    assert "your words are kept" in stage.ana.says("A kite. A queue.")
    assert "Coffee together" in stage.ana.says("1 no")  # and a code still reaches the first


def test_words_that_could_mean_several_are_asked_about_not_thrown_away(stage: Stage):
    stage.couple(couple_file(EVENING + COFFEE))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")
        actor.expects("High and low of the day")
    assert "Which one?" in stage.ana.says("The sea. The queue.")
    assert "your words are kept" in stage.ana.says("2 The sea. The queue.")
    assert stage.words_of("ana") == ["The sea. The queue."]


def test_codes_are_not_given_again_for_a_week(stage: Stage):
    stage.couple(couple_file(COFFEE))
    codes = []
    for _ in range(9):
        stage.wind("21:00")
        stage.ana.expects("Coffee together")
        stage.ben.expects("Coffee together")
        codes.append(stage.nudges()[-1].code)
        stage.ana.says("skip")  # what nobody ever answers falls quiet
    assert codes == [1, 2, 3, 4, 5, 6, 7, 1, 2]


def test_a_code_stays_taken_while_its_occurrence_is_open(stage: Stage):
    stage.couple(couple_file(COFFEE.replace("practice", 'window = "10d"\nrule = "both"\npractice')))
    for code in range(1, 10):
        stage.wind("21:00")
        stage.ana.expects("Coffee together")
        stage.ben.expects("Coffee together")
        assert stage.nudges()[-1].code == code


def test_each_partners_number_is_their_half(stage: Stage):
    stage.couple(couple_file(CLOSENESS))
    stage.wind("20:00")
    stage.ana.expects("There is a moment waiting for you")  # intimate: nothing on a lock screen
    stage.ben.expects("There is a moment waiting for you")
    assert "8 of 10" in stage.ana.says("8 close again")
    assert stage.words_of("ana") == ["close again"]
    assert "could not be read" in stage.ben.says("11")
    assert "7 of 10" in stage.ben.says("7/10")
    assert stage.outcomes() == ["kept"]


def test_the_same_message_twice_gets_the_same_answer_and_counts_once(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    first = stage.ana.says("A kite.", again="SM1")
    stage.wind("22:00")
    assert stage.ana.says("A kite.", again="SM1") == first
    assert len(stage.events("reply.received")) == 1
    stage.ben.says("Mud.")


def test_words_are_sealed_at_rest_and_stay_out_of_the_ledger(stage: Stage, tmp_path):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.ana.says("The marmalade incident")
    stage.ben.says("Quinces")
    assert stage.words_of("ana") == ["The marmalade incident"]
    assert "marmalade" not in stage.dump()
    assert "Quinces" not in stage.dump()
    assert "marmalade" not in str(stage.events())


def test_begin_counts_the_steps_out_to_both(stage: Stage):
    stage.couple(couple_file(HUG))
    stage.wind("18:00")
    nudge = stage.ana.expects("Twenty-second hug")
    stage.ben.expects("Twenty-second hug")
    assert "It takes 20s" in stage.ana.says("ready", to=nudge)
    stage.ben.says("begin")  # the second start changes nothing
    stage.wind(seconds=0)
    stage.ana.expects("Arms around each other")
    stage.ben.expects("Arms around each other")
    stage.wind(seconds=19)
    stage.ana.expects_nothing()
    stage.wind(seconds=1)
    stage.ana.expects("That was it")
    stage.ben.expects("That was it")
    stage.ana.says("done")
    assert stage.outcomes() == ["kept"]


def test_steps_that_came_too_late_are_not_sent(stage: Stage):
    stage.couple(couple_file(SHARE))
    stage.wind("20:00")
    stage.ana.expects("moment waiting")
    stage.ben.expects("moment waiting")
    stage.ana.says("begin")
    stage.wind(seconds=0)
    stage.ana.expects("moment waiting")
    stage.ben.expects("moment waiting")
    stage.sleep(minutes=30)
    stage.wind(minutes=1)
    stage.ana.expects_nothing()
    stage.ben.expects_nothing()


@pytest.mark.parametrize(
    ("ritual", "due", "text", "after"),
    [
        (COFFEE, "21:00", "done", []),
        (EVENING, "21:30", "Fine.", []),
        (HUG, "18:00", "begin", ["Arms around", "That was it"]),
    ],
    ids=["either", "both", "begin"],
)
def test_two_who_answer_in_the_same_instant_are_both_heard_once(
    stage: Stage, ritual: str, due: str, text: str, after: list[str]
):
    stage.couple(couple_file(ritual))
    pair = (stage.ana, stage.ben)
    for _ in range(3):
        stage.wind(due)
        for actor in pair:
            actor.expects("Answer here")
        answers = at_once(*[partial(actor.says, text) for actor in pair])
        assert len(answers) == 2
        stage.wind(minutes=5)
        for actor in pair:
            for heard in after:
                actor.expects(heard)
            actor.says("done")
    assert set(stage.outcomes()) == {"kept"}


def at_once(*calls: Callable[[], str]) -> list[str]:
    """Call all of them in threads of their own, released at the same instant."""
    gate = threading.Barrier(len(calls))

    def go(call: Callable[[], str]) -> str:
        gate.wait(timeout=10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(go, calls))
