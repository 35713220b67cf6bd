"""What a fault, a damaged row or one of the two might try, and what then holds."""

from sqlalchemy import update

from tests.conversations.test_answers import HUG
from tests.support.phones import HANG_UP
from tests.support.stage import EVENING, Stage, couple_file, phones_of
from troth.domain.states import OccurrenceState
from troth.store.tables import couples

BEN = phones_of("ben", "first")
SEALED = EVENING.replace("review", "sealed")


def test_what_may_have_left_before_the_trouble_is_marked(stage: Stage):
    stage.couple(couple_file(EVENING, ben=BEN))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.phones.answers["/ben/first"] = HANG_UP
    stage.wind("21:30")
    del stage.phones.answers["/ben/first"]
    stage.wind("21:40")
    assert stage.nudge_behind(stage.ben.expects("High and low of the day")).repeated
    assert not stage.nudge_behind(stage.ana.expects("High and low of the day")).repeated


def test_nobody_is_woken_by_steps_that_the_other_began(stage: Stage):
    night = HUG.replace("0 18", "0 23")
    stage.couple(couple_file(night, ben='quiet = "22:00-22:30"'))
    stage.wind("23:00")
    stage.ana.expects("Twenty-second hug")
    stage.ben.expects("Twenty-second hug")
    stage.couple(couple_file(night, ben='quiet = "22:00-07:00"'))
    stage.ana.says("begin")
    stage.wind(minutes=5)
    stage.ana.expects("Arms around")
    stage.ana.expects("That was it")
    stage.ben.expects_nothing()


def test_words_keep_the_visibility_under_which_they_were_asked_for(stage: Stage):
    stage.couple(couple_file(SEALED))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.couple(couple_file(SEALED.replace("sealed", "now")))
    assert stage.occurrence().stamp.visibility == "sealed"


def test_a_stopped_inbox_is_not_opened_again_by_another_spelling(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.ben.says("stop")
    stage.couple(couple_file(EVENING, ben='channels = ["troth://home"]'))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects_nothing()


def test_an_answer_to_what_was_taken_out_opens_nothing_again(stage: Stage):
    other = '[rituals.tea]\npractice = "shared-coffee"\ncron = "0 8 * * *"\n'
    stage.couple(couple_file(EVENING + other))
    stage.wind("21:30")
    nudge = stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.couple(couple_file(other))
    stage.ana.says("Lamp.", to=nudge)
    assert stage.occurrences()[0].state is not OccurrenceState.OPEN


def test_a_couple_that_can_not_be_read_stops_nobody_else(stage: Stage):
    stage.couple(couple_file(EVENING, name="Cleo & Dan"))
    with stage.store.db.writing() as conn:
        conn.execute(update(couples).values(timezone="Mars/Phobos"))
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")


def test_a_reply_to_a_damaged_ritual_is_kept_and_counts(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.damage_ritual("goodnight")
    for actor in (stage.ana, stage.ben):
        assert actor.says("Lamp.") == "Troth: your words are kept."
    assert stage.outcomes() == ["kept"]


def test_the_newest_answer_holds_even_when_the_clock_goes_back(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:40")
    nudge = stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.ana.says("no", to=nudge)
    stage.clock.wind_to(stage.clock.now().replace(minute=31))
    stage.ana.says("done", to=nudge)
    stage.ben.says("Dark.")
    assert stage.outcomes() == ["kept"]
