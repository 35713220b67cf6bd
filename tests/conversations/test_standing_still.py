"""A worker that stood still between taking a nudge in hand and sending it does not send it."""

from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.states import NudgeState
from troth.engine.crew import Crew
from troth.engine.deliver import LEASE


def test_what_was_taken_in_hand_long_ago_is_planned_again(stage: Stage, monkeypatch):
    stage.couple(couple_file(EVENING))
    stage.sleep("21:30")
    begin = Crew.start

    def stand_still_and_begin(crew: Crew, provider: str, send) -> None:
        stage.clock.wind(LEASE)
        begin(crew, provider, send)

    with monkeypatch.context() as still:
        still.setattr(Crew, "start", stand_still_and_begin)
        stage.ring_and_die(stage.claim())
    stage.ana.expects_nothing()
    stage.ben.expects_nothing()
    assert {nudge.state for nudge in stage.nudges()} == {NudgeState.PLANNED}
    assert not any(nudge.repeated or nudge.failures for nudge in stage.nudges())
    stage.settle_down()
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
