"""Words reach the other at once, together, at a review, or never."""

from tests.conversations.practices.scenes import both_expect, one
from tests.support.plays import plays
from tests.support.stage import Stage, couple_file
from troth.domain.states import NudgeState

LEXICON = one("couple-lexicon", "30 20 * * *", 'window = "3h"\nremind = []')


@plays("evening-check-in")
def test_high_and_low_are_revealed_once_both_have_answered(stage: Stage):
    stage.couple(couple_file(one("evening-check-in", "30 21 * * *")))
    stage.wind("21:30")
    both_expect(stage, "High and low")
    stage.ana.says("the walk; the phone call")
    stage.wind("21:40")
    stage.ben.expects_nothing()
    stage.ben.says("soup; rain")
    stage.wind("21:41")
    assert stage.ben.expects("High and low").body == "Ana: the walk; the phone call"
    assert stage.ana.expects("High and low").body == "Ben: soup; rain"
    assert stage.outcomes() == ["kept"]
    assert "the walk" not in stage.dump()


def test_what_is_revealed_late_is_revealed_all_the_same(stage: Stage):
    stage.couple(couple_file(one("evening-check-in", "30 21 * * *", "remind = []")))
    stage.wind("21:30")
    stage.ana.expects("High and low")
    bens = stage.ben.expects("High and low")
    stage.ana.says("the walk")
    stage.wind("09:00")
    stage.ben.says("soup", to=bens)
    stage.wind(minutes=1)
    assert stage.ben.expects("Ana: the walk")
    assert stage.ana.expects("Ben: soup")
    assert stage.outcomes() == ["kept"]


def test_what_was_taken_back_before_it_left_is_not_brought(stage: Stage):
    stage.couple(couple_file(LEXICON))
    stage.wind("20:30")
    both_expect(stage, "Our own words")
    stage.ana.says("snorkling: to sleep late")
    stage.ana.says("undo")
    stage.wind(minutes=5)
    stage.ben.expects_nothing()
    shares = [nudge for nudge in stage.nudges() if nudge.purpose == "share"]
    assert [nudge.state for nudge in shares] == [NudgeState.WITHDRAWN]
    stage.ana.says("snorkling: to sleep until noon")
    stage.wind(minutes=1)
    assert stage.ben.expects("until noon")


def test_a_corrected_answer_is_brought_as_it_is_when_it_leaves_and_once(stage: Stage):
    stage.couple(couple_file(LEXICON))
    stage.wind("20:30")
    asked = stage.ana.expects("Our own words")
    stage.ben.expects("Our own words")
    stage.ana.says("snorkling: to sleep late", to=asked)
    stage.ana.says("snorkeling: to sleep late", to=asked)
    stage.wind(minutes=1)
    assert stage.ben.expects("Ana: snorkeling")
    stage.ana.says("snorkelling: to sleep very late", to=asked)
    stage.wind(minutes=5)
    stage.ben.expects_nothing()


@plays("micro-trust")
def test_small_secrets_open_together_and_no_lock_screen_shows_them(stage: Stage):
    stage.couple(couple_file(one("micro-trust", "0 20 * * *", "remind = []")))
    stage.wind("20:00")
    both_expect(stage, "There is a moment waiting")
    assert "your words are kept" in stage.ana.says("I sing to the plants")
    stage.wind(minutes=5)
    stage.ben.expects_nothing()
    stage.ben.says("I sleep with a bear")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        heard = actor.expects("There is a moment waiting")
        assert "plants" not in heard.text
        assert "bear" not in heard.text
    assert stage.outcomes() == ["kept"]


@plays("self-trust")
def test_a_page_for_oneself_is_shown_to_nobody(stage: Stage):
    stage.couple(couple_file(one("self-trust", "0 10 * * *", "remind = []")))
    stage.wind("10:00")
    both_expect(stage, "There is a moment waiting")
    stage.ana.says("I need an hour alone after work")
    stage.ben.says("noise wears me out")
    stage.wind(minutes=5)
    for actor in (stage.ana, stage.ben):
        actor.expects_nothing()
    assert stage.outcomes() == ["kept"]
    assert "noise" not in stage.dump()


@plays("future-self")
def test_pictures_of_the_future_come_together(stage: Stage):
    stage.couple(couple_file(one("future-self", "0 17 * * *", "remind = []")))
    stage.wind("17:00")
    both_expect(stage, "In five years")
    stage.ana.says("a house with a pear tree")
    stage.ben.says("less work, more sea")
    stage.wind(minutes=1)
    assert stage.ana.expects("Ben: less work, more sea")
    assert stage.ben.expects("Ana: a house with a pear tree")
    assert stage.outcomes() == ["kept"]


def test_the_reason_of_a_skip_is_brought_to_nobody(stage: Stage):
    stage.couple(couple_file(LEXICON))
    stage.wind("20:30")
    both_expect(stage, "Our own words")
    stage.ana.says("skip we had a fight")
    stage.wind(minutes=5)
    stage.ben.expects_nothing()
