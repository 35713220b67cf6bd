"""Taking back what is not due yet, while a clock that is ahead of ours announces it."""

import threading
import time
from datetime import timedelta

from sqlalchemy import text

from tests.support.stage import EVENING, Stage, couple_file
from troth.engine.recall import recall
from troth.store import births, rituals
from troth.store.database import Database

AHEAD = timedelta(seconds=5)


def planned_ahead(stage: Stage) -> None:
    """One occurrence, born a moment before it is due."""
    stage.couple(couple_file(EVENING))
    stage.sleep("21:29")
    stage.claim()
    stage.sleep(seconds=57)
    assert len(stage.occurrences()) == 1


def wait_until_it_waits(db: Database, thread: threading.Thread) -> None:
    """Return when the other waits for a row of ours. On SQLite it waits before it begins."""
    ends = time.monotonic() + 10
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not db.is_sqlite and thread.is_alive():
        with db.reading() as conn:
            if conn.execute(waits).scalar_one():
                return
        assert time.monotonic() < ends, "it never waited"
        thread.join(0.02)


def test_what_was_announced_meanwhile_is_not_taken_back(stage: Stage):
    planned_ahead(stage)
    db, couple_id, now = stage.store.db, stage.in_play.id, stage.clock.now()

    def take_back() -> None:
        with db.writing() as conn:
            recall(conn, couple_id, now)

    other = threading.Thread(target=take_back)
    with db.writing() as conn:
        before = rituals.rituals_of(conn, couple_id)["goodnight"]
        assert len(births.announce(conn, now + AHEAD, 10)) == 1
        other.start()
        wait_until_it_waits(db, other)
    other.join(10)
    assert len(stage.occurrences()) == 1
    with db.reading() as conn:
        assert rituals.rituals_of(conn, couple_id)["goodnight"] == before


def test_what_nobody_announced_is_taken_back_and_falls_due_again(stage: Stage):
    planned_ahead(stage)
    with stage.store.db.writing() as conn:
        recall(conn, stage.in_play.id, stage.clock.now())
    assert stage.occurrences() == []
    stage.wind("21:30")
    stage.ana.expects("")
    stage.ben.expects("")
    assert len(stage.occurrences()) == 1
