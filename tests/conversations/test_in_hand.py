"""What a worker has in hand keeps no place for ever, and is marked only where it may have left."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.states import NudgeState
from troth.engine.deliver import BEGIN_WITHIN, LEASE
from troth.store import claims
from troth.store.tables import channels, partners

BEN = 'channels = [{ url = "{phones}/ben/first", sensitivity = "open" }, "troth://"]'


@pytest.fixture
def evening(stage: Stage) -> Stage:
    """Ben has a phone and the inbox; at 21:30 both are to be nudged."""
    stage.couple(couple_file(EVENING, ben=BEN))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    return stage


def rest(stage: Stage, minutes: int) -> None:
    """Let the provider of Ben's phone ask for a pause."""
    with stage.store.db.writing() as conn:
        provider = (
            conn.execute(channels.select().where(channels.c.scheme != "troth")).one().provider
        )
        claims.rest(conn, provider, stage.clock.now() + timedelta(minutes=minutes))


def test_what_a_provider_rests_for_too_long_to_take_goes_by_the_next_channel(evening: Stage):
    evening.sleep("21:29")
    rest(evening, minutes=300)  # the window is four hours
    evening.wind("21:31")
    evening.ben.expects("High and low of the day", on="inbox")
    evening.ana.expects("High and low of the day")


def test_what_a_provider_rests_for_a_while_waits_for_it(evening: Stage):
    evening.sleep("21:29")
    rest(evening, minutes=30)
    evening.wind("21:58")
    evening.ana.expects("High and low of the day")
    evening.ben.expects_nothing()
    evening.wind("22:20")
    evening.ben.expects("High and low of the day", on="/ben/first")


def test_a_store_that_fails_in_between_takes_no_place_away(
    evening: Stage, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", None, ConnectionError())

    evening.sleep("21:30")
    claimed = evening.claim()
    for verb in ("pick", "give_back"):
        with monkeypatch.context() as broken:
            broken.setattr(claims, verb, fail)
            broken.setattr(evening.service.delivery.limits, "permit", lambda _: None)
            evening.ring_and_die(claimed)
        assert evening.service.delivery.join(1), f"a place is held for ever after {verb}"
    with monkeypatch.context() as broken:
        broken.setattr(claims, "pick", fail)
        evening.ring_and_die(claimed)
    assert evening.service.delivery.join(1)
    evening.wind(minutes=3)
    evening.ana.expects("High and low of the day")
    evening.ben.expects("High and low of the day")


def test_a_send_whose_permit_took_too_long_to_get_does_not_begin(
    evening: Stage, monkeypatch: pytest.MonkeyPatch
):
    """A permit ends by itself: one that was given long ago may by now be another's."""

    def permit_late(_provider: str) -> ExitStack:
        evening.clock.wind(BEGIN_WITHIN + timedelta(seconds=1))
        return ExitStack()

    evening.sleep("21:30")
    claimed = evening.claim()
    with monkeypatch.context() as slow:
        slow.setattr(evening.service.delivery.limits, "permit", permit_late)
        evening.ring_and_die(claimed)
    asked = {nudge_id for nudge_id, *_ in claimed}
    came_to = {(each.state, each.repeated) for each in evening.nudges() if each.id in asked}
    assert came_to == {(NudgeState.PLANNED, False)}
    evening.wind(minutes=1)
    evening.ana.expects("High and low of the day")
    evening.ben.expects("High and low of the day")


def test_a_row_that_cannot_be_read_holds_up_no_other_and_is_not_marked(evening: Stage):
    evening.sleep("21:30")
    claimed = evening.claim()
    with evening.store.db.writing() as conn:  # the name of a folder of zones, not of a zone
        damaged = update(partners).where(partners.c.key == "ben")
        conn.execute(damaged.values(timezone="America"))
    evening.ring_and_die(claimed)
    with evening.store.db.writing() as conn:
        mended = update(partners).where(partners.c.key == "ben")
        conn.execute(mended.values(timezone="Europe/Lisbon"))
    evening.ana.expects("High and low of the day")
    bens = [each for each in evening.nudges() if each.state is NudgeState.PLANNED]
    assert [(each.repeated, each.failures) for each in bens] == [(False, 0)]
    evening.wind(minutes=LEASE.seconds // 60 + 4)
    evening.ben.expects("High and low of the day")
