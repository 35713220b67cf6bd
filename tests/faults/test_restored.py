"""The machine is lost in the middle of a burst; its backup goes on, on the other kind of database.

What the backup held is there, what left twice says so, and what was answered in the time that is
lost counts for nobody and against nobody.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.faults.burst import PARTNERS, UNDELIVERED, asked_by
from tests.faults.machine import Machine, a_machine
from tests.faults.oracle import Oracle
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size, tell
from troth.archive.sealing import new_key
from troth.domain.states import NudgeState, OccurrenceState
from troth.store.tables import nudges, occurrences, replies, rituals
from troth.store.vault import token_hash

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)


@pytest.mark.parametrize("onto", ["postgresql", "sqlite"] if FULL else ["postgresql"])
def test_a_machine_that_is_lost_goes_on_from_its_backup(
    onto: str, tmp_path: Path, sqlite_url: str, postgres_url: str
):
    """From SQLite onto PostgreSQL, and from PostgreSQL onto SQLite."""
    urls = {"sqlite": sqlite_url, "postgresql": postgres_url}
    first = next(url for kind, url in urls.items() if kind != onto)
    key, file = str(tmp_path / "backup.key"), str(tmp_path / "backup")
    new_key(Path(key))
    with a_machine(tmp_path, first) as machine:
        machine.start()
        machine.sink.manners["kind"] = Manner(latency=1.5)  # the backup is taken meanwhile
        scale = size("restored")
        with machine.burst(scale) as oracle:
            machine.sink.wait_for(scale.nudges // 3, timeout=60)
            machine.run("backup", "--with-secret-key", "--key-file", key, file)
            machine.sink.manners["kind"] = Manner(latency=0.1)
            machine.deliver(oracle)
            held = _held(machine)
            machine.lose()
            machine.at(urls[onto])
            machine.run("restore", "--key-file", key, file)
            machine.open()
            kept = _held(machine)
            machine.run("release")
            oracle.store = machine.store
            machine.start()
            machine.deliver(oracle)
            machine.settle(oracle)
            _check(oracle, kept, held)


@dataclass(frozen=True)
class Held:
    """What a store holds: replies by their mark, and nudges that have left."""

    replies: set[str]
    sent: set[int]


def _held(machine: Machine) -> Held:
    left = select(nudges.c.id).where(nudges.c.state == NudgeState.SENT)
    with machine.store.db.reading() as conn:
        said = conn.execute(select(replies.c.provider_id)).scalars()
        return Held(set(said), set(conn.execute(left).scalars()))


def _check(oracle: Oracle, kept: Held, held: Held) -> None:
    oracle._check_nothing_is_lost(oracle.arrivals())
    oracle._check_nothing_is_in_flight(oracle.nudges())
    oracle._check_scores()
    twice = _check_what_came_twice_is_marked(oracle)
    with oracle.store.db.reading() as conn:
        now = set(conn.execute(select(replies.c.provider_id)).scalars())
    left = {row.id for row in oracle.nudges() if row.state == NudgeState.SENT}
    assert kept.replies <= now
    assert kept.sent <= left
    forgotten = _check_outcomes(oracle)
    tell(
        f"\na machine was lost: {len(kept.sent)} of {len(held.sent)} had left by the backup, "
        f"{twice} came twice, {len(held.replies - now)} answers lost, {forgotten} evenings "
        "count for nobody"
    )


def _check_what_came_twice_is_marked(oracle: Oracle) -> int:
    by_hash = {row.token_hash: row for row in oracle.nudges()}
    times = Counter(token_hash(one.token) for one in oracle.arrivals())
    assert set(times) <= set(by_hash)
    twice = [by_hash[mark] for mark, many in times.items() if many > 1]
    assert twice, "nothing was on its way when the backup was taken"
    assert all(row.repeated for row in twice)
    assert all(many <= 2 for many in times.values())
    return len(twice)


def _check_outcomes(oracle: Oracle) -> int:
    """As what was said says, or as undelivered where an answer is lost; never a miss of ours."""
    query = select(occurrences, rituals.c.key).join(rituals)
    number = {couple_id: number for number, couple_id in oracle.burst.ids.items()}
    with oracle.store.db.reading() as conn:
        rows = conn.execute(query).all()
    forgotten = 0
    for row in rows:
        asked = (number[row.couple_id], int(row.key.rpartition("-")[2]))
        stands = (OccurrenceState(row.state), row.reason)
        if stands == UNDELIVERED:
            forgotten += 1
        else:
            assert stands == oracle.burst.end(asked), asked
    assert {asked_by(one)[1] for one in oracle.arrivals()} == set(PARTNERS)
    return forgotten
