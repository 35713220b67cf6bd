"""What the model found, told step by step."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.couples import read_files
from tests.faults.world import START, World
from troth.delivery.outcome import Sent
from troth.domain.states import NudgeState
from troth.engine.dispatch import LEASE
from troth.store.database import Database


@pytest.fixture
def world(store_url: str, tmp_path: Path) -> Iterator[World]:
    """Six in the evening: a nudge for each partner is claimed, and rung for."""
    db = Database(store_url)
    world = World(db, read_files(tmp_path))
    world.begin()
    world.apply("plain")
    world.settle_down()
    world.clock.wind_to(START + timedelta(minutes=10))
    world.round()
    yield world
    db.close()


def test_a_nudge_that_was_sent_twice_and_written_at_once_is_told_once(world: World):
    world.answer(world.rings.pop())
    for begun in list(world.hands):
        world.send(begun, Sent())
    world.clock.wind(LEASE)
    world.duty("sweep")
    world.duty("dispatch")
    world.answer(world.rings.pop())
    for begun in list(world.hands):
        world.send(begun, Sent())
    world.record(world.results)
    told = [row.data["attempt"] for row in world.last.events("nudge.sent")]
    assert told[-2:] == [2, 2]


def test_what_no_worker_has_in_hand_any_more_does_not_look_so(world: World):
    world.answer(world.rings.pop())
    world.hands.clear()
    world.clock.wind(LEASE)
    world.duty("sweep")
    again = [row for row in world.last.nudges.values() if row.state == NudgeState.PLANNED]
    assert [(row.repeated, row.picked) for row in again] == [(True, False), (True, False)]
