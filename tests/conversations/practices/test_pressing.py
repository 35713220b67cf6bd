"""What one of the two might try against the other, and what then holds."""

import pytest

from tests.conversations.practices.listening import COFFEE, days, hear, hear_all
from tests.conversations.practices.mending import YEARLY, expects_discreetly
from tests.support.plays import over_weeks
from tests.support.stage import EVENING, Stage, couple_file
from troth.engine.mechanisms.agreement import last_agreed
from troth.store.records import Occurrence

AGREEMENT = """
[rituals.agreement]
practice = "expectations"
cron = "0 12 * * mon"
window = "6d"
remind = []
"""
GOAL = """
[rituals.goal]
practice = "joint-project"
cron = "0 11 * * *"
window = "20h"
remind = []
"""
BID = """
[rituals.bid]
practice = "emotional-bid"
cron = "0 11 * * *"
window = "20h"
remind = []
lead = "ana"
"""
FIRST, SECOND = "A call when it gets late.", "Every penny is counted by me."


def agreed(stage: Stage, occurrence: Occurrence) -> str:
    with stage.store.db.reading() as conn:
        held = last_agreed(conn, occurrence.ritual_id, stage.clock.now())
    return stage.store.vault.open(held.words_sealed) if held else ""


def test_a_yes_agrees_to_no_words_that_had_not_come_yet(stage: Stage):
    stage.couple(couple_file(AGREEMENT))
    stage.wind("2026-03-09T12:00")
    hear_all(stage)
    stage.ana.says(FIRST)
    stage.wind(minutes=1)
    brought = stage.ben.expects(FIRST)
    stage.ana.says(SECOND)
    stage.ben.says("yes", to=brought)
    assert agreed(stage, stage.occurrence()) == ""
    assert stage.outcomes() == ["open"]
    stage.wind(minutes=1)
    stage.ben.says("yes", to=stage.ben.expects(SECOND))
    assert agreed(stage, stage.occurrence()) == SECOND
    assert stage.outcomes() == ["kept"]
    stage.wind(minutes=1)
    stage.ana.expects("agree on these words")


@pytest.mark.parametrize("ritual", [GOAL, AGREEMENT, BID])
def test_who_writes_all_day_long_fills_no_more_than_the_others_day(stage: Stage, ritual: str):
    stage.couple(couple_file(ritual.replace("12 * * mon", "12 * * tue") + EVENING, nudges_a_day=3))
    stage.wind("2026-03-03T12:01")
    hear_all(stage)
    before = len(stage.ben.everything())
    for number in range(20):
        stage.ana.says(f"Word {number}.", to=stage.ana.everything()[-1])
        stage.wind(minutes=5)
    assert len(stage.ben.everything()) - before <= 3
    stage.wind("21:31")
    assert any("High and low" in text for text in hear(stage.ben))
    hear(stage.ana)


@pytest.mark.parametrize("ritual", [GOAL, AGREEMENT, BID])
def test_sealed_words_are_brought_to_nobody(stage: Stage, ritual: str):
    stage.couple(couple_file(ritual + 'visibility = "sealed"\n'))
    stage.wind("2026-03-09T12:01")
    hear_all(stage)
    stage.ana.says("Only for me.", to=stage.ana.everything()[-1])
    stage.wind(days=8)
    assert "Only for me" not in "".join(hear(stage.ben))
    hear(stage.ana)


def test_seasons_begun_and_ended_all_day_long_leave_room_for_what_is_asked(stage: Stage):
    stage.couple(couple_file(EVENING, nudges_a_day=3))
    for _ in range(15):
        stage.ana.says("season illness")
        stage.wind(minutes=2)
        stage.ana.says("season illness over")
        stage.wind(minutes=2)
    stage.wind("21:31")
    assert any("High and low" in text for text in hear(stage.ben))
    for _ in range(3):
        stage.wind("21:31")
        told = hear(stage.ben)
        assert any("High and low" in text for text in told)
        assert len([text for text in told if "season" in text]) <= 1
    hear(stage.ana)


def test_a_pause_of_the_other_can_not_be_cut_short(stage: Stage):
    stage.couple(couple_file(YEARLY))
    assert stage.ben.says("timeout 2h") == "Noted, until 14:00."
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    stage.ana.says("timeout 5m")
    stage.wind("13:59")
    stage.ben.expects_nothing()
    stage.wind("14:01")
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def test_who_uses_up_their_pauses_uses_up_none_of_the_others(stage: Stage):
    stage.couple(couple_file(YEARLY))
    for _ in range(8):
        stage.ana.says("timeout 10m")
        stage.wind(minutes=65)
    hear_all(stage)
    stage.ana.says("timeout 10m")
    stage.wind(minutes=1)
    stage.ben.expects_nothing()
    stage.ben.says("timeout 20m")
    stage.wind(minutes=1)
    expects_discreetly(stage.ben)
    assert len(hear(stage.ana)) == 2
    stage.wind(minutes=30)
    assert len(hear(stage.ana)) >= 1
    expects_discreetly(stage.ben)


def test_pauses_take_no_place_of_what_is_asked(stage: Stage):
    stage.couple(couple_file(EVENING, nudges_a_day=3))
    for _ in range(6):
        stage.ana.says("timeout 10m")
        stage.wind(minutes=65)
    hear_all(stage)
    stage.wind("21:31")
    assert any("High and low" in text for text in hear(stage.ben))
    hear(stage.ana)


def test_who_asks_for_suggestions_all_day_long_asks_the_other_once(stage: Stage):
    stage.couple(couple_file("", nudges_a_day=24))
    stage.settle_down()
    hear_all(stage)
    stage.ana.says("1")
    stage.wind(minutes=5)
    hear_all(stage)
    assert "on their way" in stage.ana.says("suggest")
    for _ in range(5):
        stage.wind(minutes=10)
        assert "waiting for you already" in stage.ana.says("suggest")
    assert len(hear(stage.ben)) == 1
    hear(stage.ana)


def test_nobody_is_woken_by_what_the_other_moves_into_the_night(stage: Stage):
    stage.couple(couple_file(COFFEE, ben='quiet = "23:00-07:00"'))
    stage.wind("21:31")
    hear_all(stage)
    stage.ana.says("swap 03:00")
    stage.wind("03:30")
    stage.ben.expects_nothing()
    assert len(hear(stage.ana)) == 1
    stage.wind("12:00")
    hear_all(stage)


def test_who_moves_a_ritual_again_and_again_fills_no_more_than_the_others_day(stage: Stage):
    stage.couple(couple_file(COFFEE, nudges_a_day=3))
    stage.wind("21:31")
    hear_all(stage)
    for minute in range(33, 55, 2):
        stage.ana.says(f"swap 21:{minute}")
        stage.wind(f"21:{minute + 1}")
    assert len(hear(stage.ben)) <= 2
    hear(stage.ana)


@over_weeks
def test_promises_by_the_dozen_leave_room_for_what_is_asked(stage: Stage):
    stage.couple(couple_file(EVENING, nudges_a_day=3))
    for number in range(40):
        stage.ana.says(f"promise to watch you, {number}, by tomorrow")
    stage.wind("2026-03-03T21:31")
    came = hear(stage.ben)
    stage.wind(days=14)
    came += hear(stage.ben)
    assert len([text for text in came if "watch you" in text]) <= 12
    hear(stage.ana)


def test_a_choice_about_a_ritual_that_was_taken_out_brings_it_back_to_nobody(stage: Stage):
    stage.couple(couple_file(COFFEE + EVENING))
    days(stage, 5)
    stage.wind("18:31")
    question = next(heard for heard in stage.ana.everything() if "Let it rest" in heard.body)
    hear_all(stage)
    stage.couple(couple_file(EVENING))
    for word in ("lighter", "keep", "undo", "rest"):
        stage.ana.says(word, to=question)
    stage.wind(days=2)
    assert not any(text.startswith("Coffee") for text in hear_all(stage))
