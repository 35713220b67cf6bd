"""Ratings and measurements: one's own, unless both want them to be seen."""

import pytest

from tests.conversations.practices.scenes import both_expect, one
from tests.support.plays import plays
from tests.support.stage import Stage, couple_file

CLOSENESS = one("closeness-rating", "0 20 * * *", 'window = "4h"\nremind = []')
OFFER = "this may be a good day for a quiet talk"


@pytest.fixture
def asked(stage: Stage) -> Stage:
    """How close it felt, at 20:00."""
    stage.couple(couple_file(CLOSENESS))
    next_evening(stage)
    return stage


def next_evening(stage: Stage) -> None:
    stage.wind("20:00")
    both_expect(stage, "There is a moment waiting")


@plays("closeness-rating")
def test_a_number_is_sealed_until_both_share_it(asked: Stage):
    asked.ana.says("7")
    asked.ben.says("6")
    assert "Once both of you say share" in asked.ana.says("share")
    asked.wind(minutes=5)
    asked.ben.expects_nothing()
    assert "both numbers are on their way" in asked.ben.says("share")
    asked.wind(minutes=1)
    both_expect(asked, "There is a moment waiting")
    assert asked.outcomes() == ["kept"]


def test_on_an_open_ritual_both_numbers_stand_in_the_message(stage: Stage):
    stage.couple(couple_file(CLOSENESS + 'sensitivity = "open"\n'))
    stage.wind("20:00")
    both_expect(stage, "How close we felt")
    stage.ana.says("7 it was a good week")
    stage.ben.says("6")
    stage.ben.says("share")
    stage.ana.says("share")
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        assert actor.expects("How close we felt").body == "Ana: 7\nBen: 6"


def test_sharing_is_taken_back_like_an_answer(asked: Stage):
    asked.ana.says("7")
    asked.ben.says("6")
    asked.ana.says("share")
    assert "taken back" in asked.ana.says("undo")
    assert "Once both of you say share" in asked.ben.says("share")
    asked.wind(minutes=5)
    for actor in (asked.ana, asked.ben):
        actor.expects_nothing()
    assert asked.outcomes() == ["kept"]  # the number itself still counts
    assert "both numbers are on their way" in asked.ana.says("share")
    assert "taken back" in asked.ana.says("undo")  # before they have left
    asked.wind(minutes=5)
    for actor in (asked.ana, asked.ben):
        actor.expects_nothing()


def test_without_a_number_there_is_nothing_to_share(asked: Stage):
    assert "no number of yours" in asked.ana.says("share")
    asked.ana.says("skip")
    assert "no number of yours" in asked.ana.says("share")


def test_a_shift_from_ones_own_usual_offers_a_talk_to_who_rated_alone(asked: Stage):
    for _ in range(3):
        assert OFFER not in asked.ana.says("7")
        next_evening(asked)
    assert OFFER in asked.ana.says("5")
    asked.wind(minutes=5)
    asked.ben.expects_nothing()


def test_a_gap_offers_the_same_words_and_nobody_can_feel_for_the_others_number(asked: Stage):
    asked.ben.says("9")
    first = asked.ana.says("5")
    assert OFFER in first
    asked.ana.says("undo")
    for other in ("9", "4", "1"):
        assert OFFER not in asked.ana.says(other)
    asked.wind(minutes=5)
    asked.ben.expects_nothing()


@plays("relaxation-measurement")
def test_a_measurement_is_noted_with_its_unit_and_scores_nothing(stage: Stage):
    stage.couple(couple_file(one("relaxation-measurement", "0 19 * * *", "remind = []")))
    stage.wind("19:00")
    both_expect(stage, "There is a moment waiting")
    assert stage.ana.says("62,5 ms").endswith("62.5 ms.")
    assert stage.ben.says("48").endswith("48 ms.")
    stage.wind(minutes=5)
    stage.ana.says("share")
    stage.ben.says("share")
    stage.wind(minutes=1)
    both_expect(stage, "There is a moment waiting")
    assert stage.outcomes() == ["kept"]
    assert stage.standing().scored == 0
