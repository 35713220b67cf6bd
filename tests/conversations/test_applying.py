"""Applying files to a service that runs."""

from tests.support.stage import EVENING, Stage, couple_file, phones_of
from troth.engine.changes import ChangeKind

HUG = """
[rituals.hug]
practice = "twenty-second-hug"
cron = "0 18 * * *"
from = 2026-03-03
until = 2027-03-03
holidays = ["2026-03-04"]
"""


def test_applying_twice_changes_nothing(stage: Stage):
    file = couple_file(
        EVENING + HUG, ana=phones_of("ana", "first", "second"), ben='quiet = "23:00-07:00"'
    )
    assert {change.kind for change in stage.couple(file)} == {ChangeKind.ADDED}
    before = stage.dump()
    assert stage.couple(file) == []
    assert stage.dump() == before
    stage.settle_down()
    stage.ana.expects("Troth asks first", on="/ana/first")
    stage.ana.expects("Troth asks first", on="/ana/second")


def test_new_texts_come_with_the_next_occurrence_and_move_no_slot(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    changes = stage.couple(couple_file(EVENING + 'texts = ["How was it?"]\nremind = []\n'))
    assert [(change.kind, change.what) for change in changes] == [
        (ChangeKind.CHANGED, "ritual goodnight")
    ]
    stage.wind("22:30")  # the one that runs keeps the terms it was born with
    stage.ana.expects("Still time")
    stage.ben.expects("Still time")
    stage.wind("21:30")
    stage.ana.expects("How was it?")
    stage.ben.expects("How was it?")
    stage.wind("12:00")
    assert [one.slot for one in stage.occurrences()] == ["2026-03-02T21:30", "2026-03-03T21:30"]


def test_an_edit_between_a_missed_slot_and_the_next_round_keeps_the_slot(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.sleep("21:31")
    stage.couple(couple_file(EVENING + 'title = "Goodnight"\n'))
    stage.settle_down()
    stage.ana.expects("Goodnight")
    stage.ben.expects("Goodnight")
    assert stage.occurrence().slot == "2026-03-02T21:30"


def test_a_new_hour_takes_effect_at_once_and_asks_about_nothing_twice(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:00")
    stage.couple(couple_file(EVENING.replace("30 21", "0 22")))
    stage.wind("22:00")
    stage.couple(couple_file(EVENING.replace("30 21", "5 22")))
    stage.couple(couple_file(EVENING.replace("30 21", "0 22")))
    stage.wind("22:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    assert [one.slot for one in stage.occurrences()] == ["2026-03-02T22:00"]
    stage.ana.says("A day.")
    stage.ben.says("A day.")


def test_a_ritual_that_is_taken_out_falls_silent_and_is_not_scored(stage: Stage):
    stage.couple(couple_file(EVENING + HUG))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    changes = stage.couple(couple_file(HUG))
    assert [(change.kind, change.what) for change in changes] == [
        (ChangeKind.RETIRED, "ritual goodnight")
    ]
    stage.wind("12:00")
    assert stage.outcomes() == ["excused: paused"]
    assert stage.standing().scored == 0


def test_a_couple_that_is_taken_out_hears_nothing_more(stage: Stage):
    stage.couple(couple_file(EVENING, ben=phones_of("ben", "first")))
    stage.couple(couple_file(EVENING, name="Others"))
    stage.wind(days=2)
    assert stage.phones.calls == []
    for actor in (stage.ana, stage.ben):  # these are the others' now
        for _ in actor.everything():
            actor.expects("")
