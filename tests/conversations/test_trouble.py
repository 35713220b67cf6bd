"""Two clocks, killed processes, a day without power: nothing lost, nothing doubled, never stale."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier

import pytest

from tests.support.stage import EVENING, Stage, Unheard, couple_file
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome
from troth.domain.states import NudgeState
from troth.engine.deliver import LEASE
from troth.engine.dispatch import RING_LEASE, dispatch
from troth.engine.follow_up import follow_up
from troth.engine.plan import plan
from troth.engine.settle import settle

MANY = "".join(
    f"""
[rituals.coffee-{number}]
practice = "shared-coffee"
cron = "0 21 * * *"
window = "30m"
"""
    for number in range(5)
)


def test_two_clocks_at_once_double_nothing(stage: Stage):
    stage.couple(couple_file(MANY))
    for evening in range(1, 3):
        stage.sleep("21:00")
        bells = [Unheard(), Unheard(), Unheard()]
        gate = Barrier(len(bells))

        def rounds(bell: Unheard, gate: Barrier = gate) -> int:
            gate.wait(timeout=10)
            return stage.deaf_rounds(bell).once()

        with ThreadPoolExecutor(len(bells)) as pool:
            list(pool.map(rounds, bells))
        for bell in bells:
            stage.service.bell.ring(bell.claims)
            stage.service.bell.ring(bell.claims)  # a doorbell may be heard twice
        stage.settle_down()
        assert len(stage.occurrences()) == 5 * evening
        assert len(stage.nudges()) == 10 * evening
        claims = [claim for bell in bells for claim in bell.claims]
        assert len(claims) == len(set(claims))
        codes = [nudge.code for nudge in stage.nudges()[-10:]]
        assert len(set(codes)) == 5
        for actor in (stage.ana, stage.ben):
            for _ in range(5):
                actor.expects("Coffee together")
            actor.expects_nothing()
        stage.wind("22:00")
    assert stage.outcomes() == ["missed"] * 10
    assert len(stage.events("occurrence.settled")) == 10
    assert len(stage.events("ritual.due")) == 10


def test_a_process_killed_between_claim_and_send_loses_nothing(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.sleep("21:30")
    assert len(stage.claim()) == 2
    stage.restart()
    stage.wind(seconds=RING_LEASE.seconds - 1)
    stage.ana.expects_nothing()
    stage.wind(seconds=1)
    for actor in (stage.ana, stage.ben):
        actor.expects("High and low of the day")
        actor.says("A day.")
    assert not any(nudge.repeated for nudge in stage.nudges())
    assert stage.outcomes() == ["kept"]


class KilledError(BaseException):
    """The process is gone: nothing that stands behind it in the code happens any more."""


@dataclass
class Dying(Courier):
    """Sends for real, and is killed before anybody can write it down."""

    real: Courier
    lives: int = 0

    def send(self, message: Message) -> Outcome:
        outcome = self.real.send(message)
        if self.lives > 0:
            self.lives -= 1
            raise KilledError
        return outcome


@contextmanager
def dying(stage: Stage, times: int) -> Iterator[Dying]:
    couriers: list[Dying] = []

    def wrap(courier: Courier) -> Courier:
        couriers.append(Dying(courier, times))
        return couriers[0]

    stage.wrap = wrap
    stage.restart()
    yield couriers[0]


def test_a_process_killed_between_send_and_record_repeats_once_and_says_so(stage: Stage):
    ben_only_phone = 'channels = [{ url = "{phones}/ben/first", sensitivity = "open" }]'
    stage.couple(couple_file(EVENING, ben=ben_only_phone))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    with dying(stage, times=0) as courier:
        stage.sleep("21:30")
        claims = stage.claim()
        bens = [claim for claim in claims if stage.nudges()[claim[0] - 1].channel_id == 2]
        courier.lives = 1
        stage.ring_and_die(bens)
    assert courier.lives == 0
    stage.ben.expects("High and low of the day")
    stage.wind("21:31")
    stage.ben.expects_nothing()
    stage.wind("21:32")
    stage.ben.expects("High and low of the day")
    stage.ana.expects("High and low of the day")
    stage.wind("21:40")
    stage.ana.says("A day.")
    stage.ben.says("A day.")
    stage.wind("12:00")
    assert [nudge.repeated for nudge in stage.nudges() if nudge.channel_id == 2] == [False, True]
    sent = [event["data"] for event in stage.events("nudge.sent")]
    assert [data["repeated"] for data in sent if data["purpose"] == "ritual"].count(True) == 1


def test_a_nudge_that_kills_every_worker_is_given_up(stage: Stage):
    stage.couple(couple_file(EVENING, ben='channels = ["{phones}/ben/first"]'))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    with dying(stage, times=0) as courier:
        stage.sleep("21:30")
        for _ in range(20):
            courier.lives = 100
            stage.ring_and_die(stage.claim())
            stage.sleep(seconds=LEASE.seconds)
        courier.lives = 0
    assert 2 <= stage.phones.calls.count("/ben/first") - 1 <= 5
    stage.wind("12:00")
    assert stage.outcomes() == ["excused: undelivered"]
    reasons = {event["data"]["reason"] for event in stage.events("nudge.failed")}
    assert reasons == {"every attempt at it broke off"}
    for _ in stage.ben.everything()[1:]:
        stage.ben.expects("")
    for _ in stage.ana.everything():
        stage.ana.expects("")


def test_after_a_day_without_power_nothing_stale_is_sent(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        actor.expects("High and low of the day")
        actor.says("A day.")
    stage.sleep(days=2)  # over one whole evening, and back just before the next ends
    stage.sleep(hours=3)
    stage.restart()
    stage.settle_down()
    for actor in (stage.ana, stage.ben):
        actor.expects("High and low of the day")  # the one whose window still runs
        actor.expects_nothing()
        actor.says("A day.")
    assert stage.outcomes() == ["kept", "excused: undelivered", "kept"]
    assert stage.score() == 100
    states = [str(nudge.state) for nudge in stage.nudges()]
    assert states == ["sent", "sent", "expired", "expired", "sent", "sent"]
    assert len(stage.events("nudge.failed")) == 2


@pytest.mark.parametrize("first", ["settle", "a late answer"])
def test_what_is_too_late_is_recorded_as_expired_whoever_comes_first(stage: Stage, first: str):
    stage.couple(couple_file(EVENING))
    stage.sleep(days=2)
    now, store = stage.clock.now(), stage.store
    plan(store.db, store.vault, now)
    if first == "settle":
        settle(store.db, now)
    else:
        stage.ana.says("A day.")
        stage.ben.says("A day.")
    too_late = [each for each in stage.nudges() if each.expires_at <= now]
    assert too_late
    if first == "settle":
        assert {nudge.state for nudge in too_late} == {NudgeState.EXPIRED}
        assert len(stage.events("nudge.failed")) == len(too_late)
    else:
        assert NudgeState.WITHDRAWN not in {nudge.state for nudge in too_late}


def test_a_nudge_that_leaves_late_is_not_followed_by_its_reminder_at_once(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.sleep("22:45")  # after the moment of the reminder
    now, store = stage.clock.now(), stage.store
    plan(store.db, store.vault, now)
    dispatch(store.db, stage.service.bell, now)
    stage.drain()
    follow_up(store.db, store.vault, now)
    stage.wind("12:00")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")


def test_a_reminder_that_an_outage_held_up_is_not_sent_late(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    stage.sleep(hours=10)
    stage.wind("12:00")
    stage.ana.expects_nothing()
    stage.ben.expects_nothing()
    assert stage.outcomes() == ["missed"]
    assert len(stage.nudges()) == 2


def test_slots_missed_longer_ago_than_a_week_are_passed_over(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.sleep(days=40)
    stage.settle_down()
    assert 6 <= len(stage.occurrences()) <= 8
    assert set(stage.outcomes()) == {"excused: undelivered"}
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day")
    assert stage.clock.now() - stage.occurrence().due_at < timedelta(minutes=1)


def test_a_row_that_cannot_be_read_steps_aside_and_the_others_go_on(stage: Stage):
    stage.couple(couple_file(EVENING + MANY.replace("30m", "4h")))
    stage.damage_ritual("coffee-3")
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        for _ in range(4):
            actor.expects("Coffee together")
        actor.expects("High and low of the day")
