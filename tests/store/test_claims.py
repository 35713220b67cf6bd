"""Claims: one takes a nudge, one has it in hand, one may say how it ended."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest

from tests.support.stage import EVENING, Stage, Unheard, couple_file
from troth.domain.states import NudgeState, OccurrenceState
from troth.engine.deliver import LEASE
from troth.store import births, claims, marks, nudges

T = TypeVar("T")
CROWD = 4


@pytest.fixture
def due(stage: Stage) -> Iterator[Stage]:
    """A stage at 21:30 where one nudge for each partner is planned and nothing is sent."""
    stage.couple(couple_file(EVENING))
    stage.sleep("21:30")
    stage.claim()
    stage.plan_again()
    yield stage


def crowd(call: Callable[[], T]) -> list[T]:
    """Call it from several threads, released at the same instant."""
    gate = Barrier(CROWD)

    def go(_: int) -> T:
        gate.wait(timeout=10)
        return call()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(go, range(CROWD)))


def test_a_nudge_is_claimed_by_one(due: Stage):
    def claim() -> list[tuple[int, int]]:
        with due.store.db.writing() as conn:
            return claims.claim(conn, due.clock.now(), 10, LEASE)

    claimed = [taken for each in crowd(claim) for taken in each]
    assert sorted(nudge_id for nudge_id, _ in claimed) == [nudge.id for nudge in due.nudges()]


def test_a_claim_is_taken_in_hand_by_one(due: Stage):
    claimed = due.claim()

    def pick() -> list[int]:
        with due.store.db.writing() as conn:
            return claims.pick(conn, claimed, due.clock.now(), LEASE)

    picked = [nudge_id for each in crowd(pick) for nudge_id in each]
    assert sorted(picked) == sorted(nudge_id for nudge_id, _ in claimed)


def test_a_bell_that_rings_for_what_a_held_store_was_before_is_answered_by_nobody(due: Stage):
    with due.store.db.writing() as conn:
        claimed = claims.claim(conn, due.clock.now(), 1, LEASE)
        marks.hold(conn, "restored from a backup")
        assert claims.pick(conn, claimed, due.clock.now(), LEASE) == []
        marks.release(conn)
        assert claims.pick(conn, claimed, due.clock.now(), LEASE) == [claimed[0][0]]


def test_who_comes_late_may_not_say_how_it_ended(due: Stage):
    """A worker that was thought dead wakes up after its nudge went to another."""
    nudge_id, attempt = due.claim()[0]
    with due.store.db.writing() as conn:
        assert claims.pick(conn, [(nudge_id, attempt)], due.clock.now(), LEASE) == [nudge_id]
        first = nudges.load_nudge(conn, nudge_id)
        assert first is not None
    due.sleep(seconds=LEASE.seconds)
    with due.store.db.writing() as conn:
        assert claims.release_leases(conn, due.clock.now(), 10)[0] == [nudge_id]
        again = [
            one for one in claims.claim(conn, due.clock.now(), 10, LEASE) if one[0] == nudge_id
        ]
        assert claims.pick(conn, again, due.clock.now(), LEASE) == [nudge_id]
        second = nudges.load_nudge(conn, nudge_id)
        assert second is not None
    with due.store.db.writing() as conn:
        assert not claims.finish(conn, first, NudgeState.FAILED, "late")
        now, newer = due.clock.now(), (second.id, second.attempt)
        assert claims.set_sent(conn, [((nudge_id, attempt), now)]) == set()
        claims.plan_again(conn, [first])
        claims.give_back(conn, [((nudge_id, attempt), due.clock.now())], "late")
        assert claims.set_sent(conn, [(newer, now)]) == {nudge_id}
        assert claims.set_sent(conn, [(newer, now)]) == set()
    assert due.nudges()[0].state is NudgeState.SENT
    assert due.nudges()[0].repeated


def test_a_claim_that_no_worker_took_keeps_its_place_in_the_queue(due: Stage):
    before = {nudge.id: nudge.not_before for nudge in due.nudges()}
    due.claim()
    due.sleep(seconds=LEASE.seconds)
    with due.store.db.writing() as conn:
        assert len(claims.release_leases(conn, due.clock.now(), 10)[1]) == 2
    assert {nudge.id: nudge.not_before for nudge in due.nudges()} == before


def test_a_provider_rests_as_long_as_the_longest_rest_that_it_asked_for(due: Stage):
    now = due.clock.now()
    claimed = due.claim()
    with due.store.db.writing() as conn:
        for minutes in (5, 9, 2):
            claims.rest(conn, "troth", now + timedelta(minutes=minutes))
        rests = {each.rests_until for each in claims.waiting_for(conn, claimed)}
    assert rests == {now + timedelta(minutes=9)}


def test_a_claim_of_an_older_attempt_is_taken_by_nobody(due: Stage):
    nudge_id, attempt = due.claim()[0]
    with due.store.db.writing() as conn:
        others = [(nudge_id, attempt - 1), (nudge_id, attempt + 1)]
        assert claims.pick(conn, others, due.clock.now(), LEASE) == []
        assert claims.waiting_for(conn, others) == []


def test_an_occurrence_is_born_once_however_many_try(due: Stage):
    one = due.occurrence()
    birth = {
        "ritual_id": one.ritual_id,
        "couple_id": one.couple_id,
        "slot": "2030-01-01T21:30",
        "due_at": one.due_at + timedelta(days=1),
        "ends_at": one.ends_at + timedelta(days=1),
        "settle_at": one.ends_at + timedelta(days=1),
        "follow_up_at": None,
        "terms": {},
        "prompt": None,
        "state": OccurrenceState.OPEN,
    }

    def bear() -> int:
        with due.store.db.writing() as conn:
            return len(births.bear(conn, [birth]))

    assert sorted(crowd(bear)) == [0, 0, 0, 1]


def test_several_clocks_give_one_birth(due: Stage):
    due.sleep(days=1)
    crowd(lambda: due.deaf_rounds(Unheard()).once())
    assert len(due.occurrences()) == 2
    assert len(due.nudges()) == 4
