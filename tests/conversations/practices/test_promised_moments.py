"""When a promise comes back: on its maker's clock, not at night, and on its day."""

from tests.conversations.practices.promising import CALL, PROMISES, REVIEW, first_line
from tests.support.stage import Stage, couple_file


def test_the_day_waits_for_quiet_hours_to_end(stage: Stage):
    stage.couple(couple_file(REVIEW, ben='quiet = "17:00-08:00"'))
    stage.ana.says(CALL)
    stage.wind("2026-03-05T12:00")
    stage.ana.expects("call my sister")
    stage.wind("2026-03-07T07:59")
    stage.ana.expects("call my sister")
    stage.ben.expects_nothing()
    stage.wind("2026-03-07T08:00")
    stage.ben.expects("call my sister")


def test_what_waited_for_its_maker_until_the_day_asks_what_the_day_asks(stage: Stage):
    stage.couple(couple_file(REVIEW, ana='quiet = "20:00-19:00"'))
    stage.ana.says("promise tea by tomorrow 19:00")
    stage.wind("2026-03-03T18:59")
    stage.ana.expects_nothing()
    stage.wind("2026-03-03T19:30")
    assert first_line(stage.ana.expects("tea")) in PROMISES.texts
    stage.ana.expects_nothing()
    stage.ben.expects("tea")


def test_with_less_than_six_hours_left_nobody_hears_of_it_before(house: Stage):
    house.ana.says("promise tea by 17:30")
    house.wind("17:29")
    house.ana.expects_nothing()
    house.wind("17:31")
    for actor in (house.ana, house.ben):
        actor.expects("tea")
        actor.says("done")
    assert house.outcomes() == ["kept"]


def test_later_brings_the_same_back_and_the_day_comes_all_the_same(house: Stage):
    house.ana.says(CALL)
    house.wind("2026-03-05T12:00")
    early = house.ana.expects("call my sister")
    assert "you will hear again at 15:00" in house.ana.says("later 3h")
    house.wind("2026-03-05T15:00")
    again = house.ana.expects("call my sister")
    assert first_line(again) == first_line(early)
    house.ben.expects_nothing()
    house.wind("2026-03-06T18:00")
    for actor in (house.ana, house.ben):
        actor.expects("call my sister")


def test_a_done_of_the_other_before_the_day_is_about_something_else(house: Stage):
    house.ana.says(CALL)
    house.wind("2026-03-05T12:00")
    house.ana.expects("call my sister")
    assert house.ben.says("done") == "Nothing is waiting for an answer just now."
    assert house.outcomes() == ["open"]


def test_a_day_is_read_on_its_makers_clock(stage: Stage):
    stage.couple(couple_file(REVIEW, ben='timezone = "America/New_York"'))
    stage.ben.says("promise dinner by tomorrow")
    stage.wind("2026-03-03T22:59")  # Lisbon is five hours ahead
    stage.ben.expects("dinner")
    stage.ben.expects_nothing()
    stage.wind("2026-03-03T23:00")
    for actor in (stage.ana, stage.ben):
        actor.expects("dinner")
