"""Several ways to reach a partner: asked first, tried in order, stopped at once."""

from tests.support.phones import HANG_UP
from tests.support.stage import EVENING, Stage, couple_file, phones_of

ANA = phones_of("ana", "first", "second")
BEN = phones_of("ben", "first")


def play(stage: Stage, *, confirm: bool = True) -> None:
    """Ana with two phones and Ben with one, all confirmed."""
    stage.couple(couple_file(EVENING, ana=ANA, ben=BEN))
    stage.settle_down()
    if confirm:
        stage.ana.confirms("/ana/first", "/ana/second")
        stage.ben.confirms("/ben/first")


def test_a_channel_that_nobody_confirmed_gets_one_question_and_nothing_else(stage: Stage):
    play(stage, confirm=False)
    stage.wind(days=10)
    stage.ana.expects("Troth asks first", on="/ana/first")
    stage.ana.expects("Troth asks first", on="/ana/second")
    stage.ben.expects("Troth asks first", on="/ben/first")
    assert set(stage.outcomes()[:-1]) == {"excused: undelivered"}
    assert stage.score() is None


def test_no_ritual_is_named_before_the_owner_has_agreed(stage: Stage):
    play(stage, confirm=False)
    stage.wind("12:00")
    for actor in (stage.ana, stage.ben):
        for heard in actor.everything():
            assert "High and low" not in heard.text
            actor.expects("Troth asks first")


def test_when_the_first_channel_refuses_the_next_one_carries_the_nudge(stage: Stage):
    play(stage)
    stage.phones.answers["/ana/first"] = 403
    stage.wind("21:30")
    nudge = stage.ana.expects("High and low of the day", on="/ana/second")
    stage.ben.expects("High and low of the day")
    assert stage.phones.calls.count("/ana/first") == 2  # the question, and the refused nudge
    stage.ana.says("Lamp.", to=nudge)
    stage.ben.says("Dark.")
    assert stage.outcomes() == ["kept"]


def test_a_reminder_goes_by_the_next_channel(stage: Stage):
    play(stage)
    stage.wind("21:30")
    stage.ana.expects("High and low of the day", on="/ana/first")
    stage.ben.expects("High and low of the day", on="/ben/first")
    stage.wind("22:30")
    stage.ana.expects("Still time", on="/ana/second")
    stage.ben.expects("Still time", on="/ben/first")


def test_a_miss_needs_a_delivery(stage: Stage):
    play(stage)
    stage.phones.answers |= {"/ana/first": 403, "/ana/second": 403}
    stage.wind("12:00")
    stage.ben.expects("High and low of the day")
    stage.ben.expects("Still time")
    assert stage.outcomes() == ["excused: undelivered"]
    assert stage.score() is None
    assert stage.standing().rituals[0].excused == 1


def test_a_provider_in_trouble_is_asked_again_until_it_takes_the_nudge(stage: Stage):
    play(stage)
    stage.phones.answers["/ben/first"] = 500
    stage.wind("21:31")
    stage.phones.answers["/ben/first"] = HANG_UP
    stage.wind("21:33")
    stage.ben.expects_nothing()
    del stage.phones.answers["/ben/first"]
    stage.wind("21:50")
    stage.ben.expects("High and low of the day")
    stage.ana.expects("High and low of the day")
    assert stage.phones.calls.count("/ben/first") >= 4


def test_a_provider_that_stays_in_trouble_is_given_up_for_the_next_channel(stage: Stage):
    play(stage)
    stage.phones.answers["/ana/first"] = 500
    stage.wind("21:59")
    assert stage.phones.calls.count("/ana/first") == 6  # the question, and five attempts
    stage.ana.expects("High and low of the day", on="/ana/second")
    stage.ben.expects("High and low of the day")


def test_stop_between_claim_and_send_is_heeded(stage: Stage):
    stage.couple(couple_file(EVENING, ana=phones_of("ana", "first"), ben=BEN))
    stage.settle_down()
    stage.ana.confirms("/ana/first")
    stage.ben.confirms("/ben/first")
    stage.sleep("21:30")
    claims = stage.claim()
    assert "nothing more" in stage.ana.says("Stop!", on="/ana/first")
    stage.service.bell.ring(claims)
    stage.wind("12:00")
    stage.ana.expects_nothing()
    stage.ben.expects("High and low of the day")
    stage.ben.expects("Still time")
    assert stage.outcomes() == ["excused: undelivered"]


def test_stop_takes_back_what_is_planned_and_start_brings_the_next_evening(stage: Stage):
    play(stage)
    stage.ana.says("STOP", on="/ana/first")
    stage.ana.says("STOPALL.", on="/ana/second")
    stage.wind("12:00")
    stage.ana.expects_nothing()
    stage.restart()
    stage.ana.says("start", on="/ana/second")
    stage.wind("21:30")
    stage.ana.expects("High and low of the day", on="/ana/second")
    for _ in range(3):
        stage.ben.expects("")


def test_a_channel_taken_out_and_put_back_unanswered_asks_its_owner_again(stage: Stage):
    stage.couple(couple_file(EVENING, ben=BEN))
    stage.couple(couple_file(EVENING))
    stage.settle_down()
    stage.ben.expects_nothing()
    stage.couple(couple_file(EVENING, ben=BEN))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.couple(couple_file(EVENING))
    stage.couple(couple_file(EVENING, ben=BEN))
    stage.wind("21:30")
    stage.ben.expects("High and low of the day", on="/ben/first")
    stage.ana.expects("High and low of the day")


def test_a_channel_that_is_not_open_shows_nothing_of_the_content(stage: Stage):
    stage.couple(couple_file(EVENING, ben='channels = ["{phones}/ben/first"]'))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.wind("21:30")
    heard = stage.ben.expects("There is a moment waiting for you")
    assert "High and low" not in heard.text
    assert "best" not in heard.text
    stage.ana.expects("High and low of the day")
