"""A SQLite store that another holds: every writer comes back in time, and is told why."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from tests.support.locking import locked
from troth.engine.together import do_together
from troth.engine.unwell import DATABASE_UNREACHABLE
from troth.readiness import reason_of
from troth.store import database
from troth.store.database import AWAY, Database, UnreachableError

PATIENCE = 0.7  # seconds
LONGEST = 1.8 * PATIENCE  # a patience and what a busy machine adds, and less than two
WRITERS = 12


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "troth.db"


@pytest.fixture
def db(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    db = Database(f"sqlite:///{file}")
    with db.writing() as conn:
        conn.exec_driver_sql("CREATE TABLE written (id INTEGER)")
    monkeypatch.setattr(database, "BUSY_MS", int(PATIENCE * 1e3))
    yield db
    db.close()


def write(db: Database) -> tuple[float, Exception | None]:
    """For how many seconds a write took, and what it was told."""
    began, told = time.monotonic(), None
    try:
        with db.writing() as conn:
            conn.exec_driver_sql("INSERT INTO written VALUES (1)")
    except OperationalError as error:
        told = error
    return time.monotonic() - began, told


def test_many_writers_wait_for_a_held_store_together_and_not_one_after_the_other(
    db: Database, file: Path
):
    with locked(file), ThreadPoolExecutor(WRITERS) as pool:
        came = list(pool.map(write, [db] * WRITERS))
    assert max(seconds for seconds, _ in came) < LONGEST
    assert all(isinstance(told, AWAY) for _, told in came)
    assert all("database is locked" in str(told) for _, told in came)
    assert [told for _, told in (write(db) for _ in range(WRITERS))] == [None] * WRITERS
    with db.reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM written").scalar() == WRITERS


def test_the_turn_and_the_file_are_waited_for_with_one_patience(db: Database, file: Path):
    """A turn that comes late leaves the rest of it, and the next writer has all of it again."""
    db._turns.acquire()
    threading.Timer(0.8 * PATIENCE, db._turns.release).start()
    with locked(file):
        seconds, told = write(db)
    assert isinstance(told, OperationalError)
    assert seconds < 1.7 * PATIENCE
    with db.writing() as conn:
        assert conn.exec_driver_sql("PRAGMA busy_timeout").scalar() == PATIENCE * 1e3


def test_no_turn_is_told_as_a_database_that_can_not_be_used(db: Database):
    with db.writing(), ThreadPoolExecutor(1) as pool:
        trouble = pool.submit(db.check).exception()
    assert isinstance(trouble, UnreachableError)
    assert "other writers of this process" in str(trouble)
    assert reason_of(trouble) is DATABASE_UNREACHABLE


def test_what_a_busy_store_could_not_take_is_nobodys_fault_and_due_still(db: Database, file: Path):
    """It was tried one by one, and then set aside for an hour, or for ever."""

    def work(conn: Connection, ids: Sequence[int]) -> int:
        conn.exec_driver_sql("INSERT INTO written VALUES (1)")
        return len(ids)

    def set_aside(conn: Connection, _: int) -> None:
        conn.exec_driver_sql("DELETE FROM written")

    began = time.monotonic()
    with locked(file), structlog.testing.capture_logs() as lines, pytest.raises(OperationalError):
        do_together(db, [1, 2, 3], work, set_aside)
    assert time.monotonic() - began < LONGEST
    assert lines == []
    assert do_together(db, [1, 2, 3], work, set_aside) == 3
