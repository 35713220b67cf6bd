"""An ordinary evening: asked, answered, reminded, kept, missed."""

from tests.support.stage import EVENING, Stage, couple_file


def test_both_are_asked_and_both_answers_keep_it(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:29")
    stage.ana.expects_nothing()
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    assert "your words are kept" in stage.ana.says("The walk. The queue.")
    assert stage.outcomes() == ["open"]
    assert stage.score() is None

    stage.wind("22:30")
    stage.ana.expects_nothing()
    stage.ben.expects("Still time, if you like.")
    stage.ben.says("Soup. Rain.")
    assert stage.outcomes() == ["kept"]
    assert stage.score() == 100
    assert stage.standing().building == "1 of 5"

    stage.wind("12:00")
    assert stage.outcomes() == ["kept"]
    assert stage.words_of("ana") == ["The walk. The queue."]


def test_silence_of_both_is_a_miss_and_two_messages_are_all_they_get(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.wind("12:00")
    for partner in (stage.ana, stage.ben):
        partner.expects("High and low of the day")
        partner.expects("Still time, if you like.")
    assert stage.outcomes() == ["missed"]
    assert stage.score() == 0


def test_one_answer_of_two_is_half_of_it(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ana.says("A long walk.")
    stage.wind("12:00")
    stage.ben.expects("High and low of the day")
    stage.ben.expects("Still time")
    assert stage.outcomes() == ["partial"]
    assert stage.score() == 50


def test_a_skip_is_neutral_and_silences_the_rest_of_the_evening(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    assert "neither way" in stage.ben.says("skip too tired")
    stage.wind("12:00")
    assert stage.outcomes() == ["excused: skipped"]
    assert stage.score() is None
