"""Later, and the hours in which nothing may ring."""

from tests.support.stage import EVENING, Stage, couple_file


def test_a_snooze_survives_a_restart_and_comes_once(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.ben.says("A good day.")
    assert "22:15" in stage.ana.says("later 45m")
    stage.restart()
    stage.wind("22:14")
    stage.ana.expects_nothing()
    stage.restart()
    stage.wind("22:15")
    stage.ana.expects("High and low of the day")
    stage.wind("12:00")  # no reminder on top: two messages, then silence
    assert stage.outcomes() == ["partial"]


def test_a_snooze_to_a_clock_time_goes_by_the_partners_own_clock(stage: Stage):
    stage.couple(couple_file(EVENING, ana='timezone = "Europe/Berlin"'))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    assert "23:00" in stage.ana.says("later 23:00")  # 22:00 in Lisbon
    stage.wind("22:00")
    stage.ana.expects("High and low of the day")
    assert "will be over" in stage.ana.says("later 5h")
    stage.ana.says("Sun.")
    stage.ben.says("Rain.")
    assert stage.outcomes() == ["kept"]


def test_an_edit_of_the_file_keeps_a_snooze(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.ana.says("later 45m")
    stage.couple(couple_file(EVENING + 'title = "Goodnight"\n'))
    stage.ben.says("Good.")
    stage.wind("22:15")
    stage.ana.expects("Goodnight")
    stage.ana.says("Good too.")


def test_quiet_hours_hold_a_nudge_until_they_end(stage: Stage):
    stage.couple(couple_file(EVENING, ben='quiet = "21:00-23:30"'))
    stage.wind("23:29")
    stage.ana.expects("High and low of the day")
    stage.ana.expects("Still time")
    stage.ben.expects_nothing()
    stage.wind("23:30")
    stage.ben.expects("High and low of the day")  # one, and no burst of what was held
    stage.ana.says("Sea.")
    stage.ben.says("Fog.")
    assert stage.outcomes() == ["kept"]


def test_what_quiet_hours_outlast_is_recorded_as_expired_and_counts_for_nothing(stage: Stage):
    stage.couple(couple_file(EVENING, ben='quiet = "21:00-07:00"'))
    stage.wind("12:00")
    stage.ana.expects("High and low of the day")
    stage.ana.expects("Still time")
    stage.ben.expects_nothing()
    assert stage.outcomes() == ["excused: undelivered"]
    assert stage.score() is None
    failed = [event["data"] for event in stage.events("nudge.failed")]
    assert [data["reason"] for data in failed] == ["quiet hours last longer than its use"]


def test_quiet_hours_give_way_to_a_time_that_was_asked_for(stage: Stage):
    stage.couple(couple_file(EVENING, ana='quiet = "22:00-07:00"'))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.ana.says("later 23:00")
    stage.ben.says("Fine.")
    stage.wind("23:00")
    stage.ana.expects("High and low of the day")
    stage.ana.says("Fine.")
