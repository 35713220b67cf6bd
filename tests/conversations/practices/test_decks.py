"""Decks: `another` puts a card back and brings both the next."""

from tests.conversations.practices.scenes import both_expect, one
from tests.support.plays import plays
from tests.support.stage import Stage, couple_file

CARDS = 'window = "3h"\nremind = []\nprompts = ["Sea?", "Wood?", "Hill?", "Town?", "Moon?"]\n'
ROTATING = one("question-of-the-day", "0 20 * * *", CARDS)
IN_ORDER = one("progressive-questions", "0 20 * * *", CARDS)


def card(stage: Stage) -> str:
    """The card that lies open."""
    return str(stage.occurrence().prompt)


@plays("question-of-the-day")
def test_another_brings_both_a_new_card_three_times_at_most(stage: Stage):
    stage.couple(couple_file(ROTATING))
    stage.wind("20:00")
    seen = [card(stage)]
    both_expect(stage, seen[0])
    for _ in range(3):
        assert "a different card is on its way" in stage.ana.says("another")
        stage.wind(minutes=1)
        seen.append(card(stage))
        both_expect(stage, seen[-1])
    assert len(set(seen)) == 4
    assert "this card stays for today" in stage.ben.says("another one")
    stage.ana.says("the north one")
    stage.ben.says("the cold one")
    stage.wind(minutes=1)
    stage.ana.expects("Ben: the cold one")
    stage.ben.expects("Ana: the north one")
    assert stage.outcomes() == ["kept"]


@plays("progressive-questions")
def test_a_deck_in_order_goes_on_in_order_and_the_card_put_back_comes_again(stage: Stage):
    stage.couple(couple_file(IN_ORDER))
    asked = []
    for _ in range(2):
        stage.wind("20:00")
        both_expect(stage, "Questions, step by step")
        stage.ben.says("another")
        stage.wind(minutes=1)
        both_expect(stage, card(stage))
        asked.append(card(stage))
    assert asked == ["Wood?", "Hill?"]
    stage.wind("20:00")
    both_expect(stage, "Sea?")
    stage.ana.says("by the sea")
    stage.ben.says("in it")
    stage.wind(minutes=1)
    stage.ana.expects("Ben: in it")
    stage.ben.expects("Ana: by the sea")


def test_once_somebody_has_answered_the_card_stays_and_it_does_not_say_why(stage: Stage):
    stage.couple(couple_file(ROTATING))
    stage.wind("20:00")
    both_expect(stage, card(stage))
    stage.ana.says("the north one")
    assert "this card stays for today" in stage.ben.says("another")
    stage.wind(minutes=1)


def test_who_sleeps_gets_the_new_card_when_they_wake(stage: Stage):
    stage.couple(couple_file(ROTATING, ben='quiet = "19:00-21:00"'))
    stage.wind("20:00")
    stage.ana.expects(card(stage))
    stage.ana.says("another")
    stage.wind("20:30")
    stage.ana.expects(card(stage))
    stage.ben.expects_nothing()
    stage.wind("21:01")
    stage.ben.expects(card(stage))
