"""The clock's loop: it turns also while the store is away, and says so to whoever watches it."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from tests.support.key import KEY
from tests.support.locking import locked
from tests.support.stage import EVENING, Unheard, couple_file, on_stage
from troth.clock import ManualClock, SystemClock
from troth.engine import rounds
from troth.engine.rounds import Rounds
from troth.store import database, schema
from troth.store.database import Database
from troth.store.vault import Vault


def turns_of(url: str, wanted: int) -> bool:
    """Whether a clock over this store turns so often; a turn takes a second at the most."""
    stopping, turned, db = threading.Event(), threading.Semaphore(0), Database(url)
    clock = Rounds(db, Vault(KEY), Unheard(), SystemClock())
    thread = threading.Thread(target=clock.run, args=(stopping, turned.release))
    thread.start()
    try:
        return all(turned.acquire(timeout=20) for _ in range(wanted))
    finally:
        stopping.set()
        thread.join()
        db.close()


def test_a_clock_turns_where_nothing_is_due(sqlite_url: str):
    db = Database(sqlite_url)
    schema.migrate(db)
    db.close()
    assert turns_of(sqlite_url, 2)


def test_a_clock_whose_store_is_away_turns_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rounds, "AFTER_TROUBLE", timedelta(milliseconds=10))
    with structlog.testing.capture_logs() as lines:
        assert turns_of(f"postgresql://nobody@/none?host={tmp_path}", 3)
    assert {line["event"] for line in lines} >= {"round.failed"}


def test_a_clock_whose_store_is_locked_turns_after_each_duty_that_gave_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """All the duties of one round, each waiting, would outlast the service manager's patience."""
    monkeypatch.setattr(database, "BUSY_MS", 200)
    url = f"sqlite:///{tmp_path / 'locked.db'}"
    with on_stage(url, tmp_path) as stage:
        stage.couple(couple_file(EVENING))
    db = Database(url)
    clock = Rounds(db, Vault(KEY), Unheard(), ManualClock(datetime(2026, 3, 6, tzinfo=UTC)))
    turned: list[None] = []
    with locked(tmp_path / "locked.db"):
        _, troubles = clock._round(lambda: turned.append(None))
    assert len(turned) == len(troubles) > 0
    db.close()
