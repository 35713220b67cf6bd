"""Late results, claims and answers: the orders that matter most, told step by step."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.couples import read_files
from tests.faults.stand_ins import Leave
from tests.faults.world import START, World
from troth.delivery.outcome import Sent
from troth.domain.grammar import Verb
from troth.domain.states import NudgeState
from troth.engine.deliver import LEASE
from troth.store.database import Database


@pytest.fixture
def world(store_url: str, tmp_path: Path) -> Iterator[World]:
    """Six in the evening: a nudge for each partner is claimed, and rung for."""
    db = Database(store_url)
    world = World(db, read_files(tmp_path))
    world.begin()
    world.couple.apply("plain")
    world.settle_down()
    world.clock.wind_to(START + timedelta(minutes=10))
    world.round()
    yield world
    db.close()


def test_a_nudge_that_was_sent_twice_and_written_at_once_is_told_once(world: World):
    _send_all(world)
    _claim_again(world)
    _send_all(world)
    world.workers.record(world.workers.results)
    told = [row.data["attempt"] for row in world.last.events("nudge.sent")]
    assert told[-2:] == [2, 2]


def test_what_no_worker_has_in_hand_any_more_does_not_look_so(world: World):
    world.workers.answer(world.workers.rings.pop())
    world.workers.in_hand.clear()
    world.clock.wind(LEASE)
    world.duty("sweep")
    again = [row for row in world.last.nudges.values() if row.state == NudgeState.PLANNED]
    assert [(row.repeated, row.picked) for row in again] == [(True, False), (True, False)]


def test_a_late_result_is_not_heard_while_another_has_the_nudge_in_hand(world: World):
    _send_all(world)
    _claim_again(world)
    world.workers.answer(world.workers.rings.pop())
    world.workers.record(world.workers.results)
    assert {row.state for row in world.last.nudges.values() if row.attempt == 2} == {"sending"}


def test_what_is_claimed_is_not_recalled_by_a_clock_that_is_behind(world: World):
    world.workers.work()
    world.clock.wind_to(START + timedelta(hours=6, minutes=10))
    world.duty("plan")
    world.duty("dispatch")
    world.couple.apply("plain", -timedelta(hours=1))
    world.workers.work()
    world.end_well()


def test_who_snoozes_and_then_answers_has_silence(world: World):
    world.workers.work()
    anas = next(row for row in world.last.nudges.values() if row.code and row.sent_at)
    world.couple.reply(world.last.keys[anas.partner_id], Verb.LATER, anas)
    world.couple.reply(world.last.keys[anas.partner_id], Verb.DONE, anas)
    world.end_well()


def test_what_a_limit_holds_back_gives_its_place_back(world: World):
    world.workers.answer(world.workers.rings.pop(), leave=Leave(most=0))
    assert not world.workers.in_hand
    world.end_well()


def _send_all(world: World) -> None:
    """Answer the bell and send; nothing is written down yet."""
    world.workers.answer(world.workers.rings.pop())
    for begun in list(world.workers.in_hand):
        world.workers.send(begun, Sent())


def _claim_again(world: World) -> None:
    """The leases end, and the same nudges are claimed for somebody else."""
    world.clock.wind(LEASE)
    world.duty("sweep")
    world.duty("dispatch")
