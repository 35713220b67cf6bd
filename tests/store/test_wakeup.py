"""Waking: a clock that sleeps learns at once that something was written."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, text

from tests.store.test_schema import COUPLE
from troth.store.database import Database
from troth.store.tables import couples
from troth.store.wakeup import Sleeper, sleeper, wake

LONG = 60.0  # nobody sleeps so long here


@pytest.fixture
def other(db: Database) -> Iterator[Database]:
    """The same database, opened by somebody else."""
    database = Database(db.url.render_as_string(hide_password=False))
    yield database
    database.close()


def sleeping(bed: Sleeper, stopping: threading.Event) -> threading.Thread:
    """A thread that sleeps; it ends when it is woken."""
    thread = threading.Thread(target=bed.sleep, args=(LONG, stopping))
    thread.start()
    return thread


def say_something(database: Database) -> None:
    with database.writing() as conn:
        conn.execute(insert(couples).values(**COUPLE))
        wake(conn)


def test_a_write_by_another_wakes_a_sleeper(db: Database, other: Database):
    with sleeper(db) as bed:
        bed.sleep(0.5, threading.Event())  # until it listens
        thread = sleeping(bed, threading.Event())
        say_something(other)
        thread.join(10)
        assert not thread.is_alive()


def test_a_stop_wakes_a_sleeper(db: Database):
    stopping = threading.Event()
    with sleeper(db) as bed:
        thread = sleeping(bed, stopping)
        stopping.set()
        thread.join(10)
        assert not thread.is_alive()


def test_a_listener_that_lost_its_connection_listens_again(db: Database, other: Database):
    if db.is_sqlite:
        return  # nothing listens there
    with sleeper(db) as bed:
        bed.sleep(5, threading.Event())  # returns as soon as it listens
        with other.writing() as conn:
            cut = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"
            )
            assert conn.execute(text(cut)).scalars().all() == [True]
        bed.sleep(10, threading.Event())  # returns as soon as it listens again
        thread = sleeping(bed, threading.Event())
        say_something(other)
        thread.join(10)
        assert not thread.is_alive()


def test_a_clock_that_breaks_off_leaves_no_connection_behind(db: Database):
    with pytest.raises(ZeroDivisionError), sleeper(db) as bed:
        raise ZeroDivisionError(bed)  # which keeps it: what is forgotten is closed by itself
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined] # QueuePool has it
