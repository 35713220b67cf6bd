"""A pooler in transaction mode is noticed, and everything that needs a session is done without."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.pgbouncer import PgBouncer
from troth.cli.examining_cluster import examine_pooler
from troth.engine.findings import Health
from troth.store.database import STILL_MS, Database
from troth.store.pooler import is_direct
from troth.store.wakeup import sleeper, wake

LIMIT = "SHOW idle_in_transaction_session_timeout"


@pytest.fixture
def pooler(postgres_url: str) -> Iterator[PgBouncer]:
    with PgBouncer.before(postgres_url) as server:
        yield server


def opened(url: str, listen_url: str | None = None) -> Database:
    database = Database(url, listen_url=listen_url)
    database.check()
    return database


def limit_of(database: Database) -> str:
    with database.writing() as conn:
        return str(conn.exec_driver_sql(LIMIT).scalar_one())


def test_postgresql_itself_is_taken_for_no_pooler(postgres_url: str):
    database = opened(postgres_url)
    assert not database.is_pooled
    assert limit_of(database) == f"{STILL_MS // 60_000}min"
    assert list(examine_pooler(database)) == []
    database.close()


def test_a_pooler_is_noticed_and_needs_no_session(pooler: PgBouncer):
    database = opened(pooler.url)
    assert database.is_pooled
    assert limit_of(database) == f"{STILL_MS // 60_000}min", "said in each transaction that writes"
    with database.reading() as conn:
        assert conn.exec_driver_sql(LIMIT).scalar_one() == "0", "and left behind in none"
    for _ in range(20):  # more than the driver sends before it would prepare a statement
        with database.reading() as one, database.reading() as other:
            assert one.exec_driver_sql("SELECT 1").scalar_one() == 1
            assert other.exec_driver_sql("SELECT 1").scalar_one() == 1
    database.close()


def test_behind_a_pooler_a_clock_sleeps_its_time_out_and_doctor_says_so(pooler: PgBouncer):
    database = opened(pooler.url)
    before = time.monotonic()
    with sleeper(database) as bed, database.writing() as conn:
        wake(conn)
        bed.sleep(0.2, threading.Event())
    assert time.monotonic() - before >= 0.2
    (finding,) = examine_pooler(database)
    assert (finding.health, finding.id) == (Health.NOTICE, "pooler")
    database.close()


def test_a_clock_is_woken_past_the_pooler(pooler: PgBouncer, postgres_url: str):
    database = opened(pooler.url, postgres_url)
    engine = database.listening
    assert engine is not None
    with engine.connect() as direct:
        assert is_direct(direct)
    assert [finding.health for finding in examine_pooler(database)] == [Health.GOOD]
    with sleeper(database) as bed:
        bed.sleep(20, threading.Event())  # a listener that begins says so once
        with database.writing() as conn:
            wake(conn)
        before = time.monotonic()
        bed.sleep(20, threading.Event())
        assert time.monotonic() - before < 15
    database.close()


def test_a_listener_that_is_pooled_too_is_told(pooler: PgBouncer):
    database = opened(pooler.url, pooler.url)
    (finding,) = examine_pooler(database)
    assert finding.health is Health.BAD
    database.close()
