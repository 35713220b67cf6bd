"""Bids: one reaches out, the other is asked only then, and what they answer is brought back."""

import pytest

from tests.support.plays import plays
from tests.support.stage import Stage, couple_file, phones_of
from troth.domain.states import NudgeState
from troth.domain.turning import Turning
from troth.engine.turning import couple_turning

BID = """
[rituals.bid]
practice = "emotional-bid"
cron = "0 12 * * *"
"""
REACH = "A small reaching out"


@pytest.fixture
def noon(stage: Stage) -> Stage:
    """It is noon, and Ana's turn."""
    stage.couple(couple_file(BID))
    stage.sleep("11:00")
    stage.wind("12:00")
    return stage


def turning(stage: Stage) -> Turning:
    with stage.store.db.reading() as conn:
        return couple_turning(conn, stage.in_play.id)


@plays("emotional-bid")
def test_a_bid_is_passed_on_answered_and_brought_back(noon: Stage):
    ana, ben = noon.ana, noon.ben
    ana.expects(REACH)
    ben.expects_nothing()
    ana.says("Look at the moon tonight?")
    noon.wind(minutes=1)
    asked = ben.expects(REACH, "Ana: Look at the moon tonight?")
    ana.expects_nothing()
    assert noon.outcomes() == ["open"]
    noon.wind(minutes=5)
    ben.says("On the balcony, at ten.", to=asked)
    noon.wind(minutes=1)
    ana.expects("Ben: On the balcony, at ten.")
    ben.expects_nothing()
    assert noon.outcomes() == ["kept"]
    assert noon.score() == 100
    assert turning(noon) == Turning(1, 1)
    assert "moon" not in noon.dump()
    noon.wind("12:00")
    ben.expects(REACH)  # the turn has moved
    ana.expects_nothing()


def test_a_bid_and_its_answer_may_be_without_a_word(noon: Stage):
    noon.ana.expects(REACH)
    noon.ana.says("done")
    noon.wind(minutes=1)
    noon.ben.expects("Ana has reached out to you today.")
    noon.ben.says("done")
    noon.wind(minutes=1)
    noon.ana.expects("Ben has turned toward you.")
    assert noon.outcomes() == ["kept"]


def test_nobody_is_told_that_a_bid_was_not_answered(noon: Stage):
    noon.ana.expects(REACH)
    noon.ana.says("A riddle for you.")
    noon.wind(minutes=1)
    noon.ben.expects("A riddle for you.")
    noon.wind("21:00")
    noon.ana.expects_nothing()
    noon.ben.expects_nothing()
    assert noon.outcomes() == ["partial"]
    assert noon.score() == 50
    assert turning(noon) == Turning(0, 1)


def test_who_does_not_reach_out_leaves_the_other_unasked(noon: Stage):
    noon.ana.expects(REACH)
    assert noon.ben.says("done") == "Nothing is waiting for an answer just now."
    noon.wind("21:00")
    noon.ben.expects_nothing()
    assert noon.outcomes() == ["missed"]
    assert turning(noon) == Turning(0, 0)


def test_a_bid_that_reaches_nobody_counts_for_nothing(stage: Stage):
    stage.couple(couple_file(BID, ben=phones_of("ben", "one")))
    stage.wind("12:00")
    stage.ana.expects(REACH)
    stage.ben.expects("Troth asks first")  # he has not agreed yet
    stage.ana.says("Are you there?")
    stage.wind("21:00")
    assert stage.outcomes() == ["excused: undelivered"]
    assert turning(stage) == Turning(0, 0)


def test_a_bid_waits_for_the_end_of_quiet_hours(stage: Stage):
    stage.couple(couple_file(BID, ben='quiet = "11:00-14:00"'))
    stage.wind("12:00")
    stage.ana.expects(REACH)
    stage.ana.says("A first draft.")
    stage.wind("13:30")
    stage.ben.expects_nothing()
    stage.ana.says("A better line.")
    stage.wind("14:00")
    stage.ben.expects("Ana: A better line.")
    stage.wind("14:30")
    stage.ben.expects_nothing()


def test_a_bid_that_is_taken_back_in_time_is_not_passed_on(stage: Stage):
    stage.couple(couple_file(BID, ben='quiet = "11:00-12:30"'))
    stage.wind("12:00")
    stage.ana.expects(REACH)
    stage.ana.says("Not this one.")
    stage.wind("12:05")
    stage.ana.says("undo")
    stage.wind("13:00")
    stage.ben.expects_nothing()
    assert stage.outcomes() == ["open"]
    stage.ana.says("This one.")
    stage.wind("13:05")
    stage.ben.expects("Ana: This one.")
    stage.ben.says("Gladly.")
    stage.wind("13:10")
    stage.ana.expects("Ben: Gladly.")
    bens = [n for n in stage.nudges() if n.partner_id == stage.partner_id("ben")]
    assert [n.state for n in bens] == [NudgeState.SENT]


def test_a_late_answer_keeps_the_bid_but_was_not_in_its_window(noon: Stage):
    noon.ana.expects(REACH)
    noon.ana.says("Soup or salad?")
    noon.wind("13:00")
    asked = noon.ben.expects("Soup or salad?")
    noon.wind("21:00")
    noon.ben.says("Soup.", to=asked)
    noon.wind("21:10")
    noon.ana.expects("Ben: Soup.")
    assert noon.outcomes() == ["kept"]
    assert turning(noon) == Turning(0, 1)


def test_a_late_bid_is_good_to_read_and_asks_for_nothing(noon: Stage):
    asked = noon.ana.expects(REACH)
    noon.wind("20:30")
    noon.ana.says("Sorry, a long day. Hug?", to=asked)
    noon.wind("20:40")
    noon.ben.expects("Ana: Sorry, a long day. Hug?")
    assert noon.outcomes() == ["excused: undelivered"]


def test_a_discreet_channel_shows_nothing_of_a_bid(stage: Stage):
    discreet = 'channels = [{ url = "{phones}/ben/one", sensitivity = "discreet" }]'
    stage.couple(couple_file(BID, ben=discreet))
    stage.wind("11:00")
    stage.ben.confirms("/ben/one")
    stage.wind("12:00")
    stage.ana.expects(REACH)
    stage.ana.says("Our secret.")
    stage.wind("12:05")
    heard = stage.ben.expects("There is a moment waiting for you")
    assert "secret" not in heard.text


def test_a_skip_by_either_lets_both_off(noon: Stage):
    noon.ana.expects(REACH)
    noon.ana.says("Tea?")
    noon.wind("12:10")
    noon.ben.expects("Tea?")
    noon.ben.says("skip")
    noon.wind("12:20")
    noon.ana.expects_nothing()
    assert noon.outcomes() == ["excused: skipped"]
    assert turning(noon) == Turning(0, 0)


def test_a_bid_survives_a_restart_between_its_halves(noon: Stage):
    noon.ana.expects(REACH)
    noon.ana.says("Still there?")
    noon.restart()
    noon.wind("12:05")
    noon.ben.expects("Ana: Still there?")
    noon.ben.says("Always.")
    noon.restart()
    noon.wind("12:10")
    noon.ana.expects("Ben: Always.")
    assert noon.outcomes() == ["kept"]
