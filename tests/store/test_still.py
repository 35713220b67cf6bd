"""Who stands still in a transaction must not keep its locks for ever, wherever it stands still."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, event, text

from tests.support.ports import free_port
from tests.support.servers import PostgreSQL
from tests.support.until import until
from troth.store.database import be_patient
from troth.store.pooler import Pooler

STILL_MS = 1_000
HELD = text("SELECT pg_advisory_xact_lock(1)")
IS_FREE = text("SELECT pg_try_advisory_xact_lock(1)")
# More than the sockets of both sides hold: PostgreSQL waits for it to be read.
LONG = b"SELECT repeat('x', 1000) FROM generate_series(1, 100000)"


class Networked(PostgreSQL):
    """PostgreSQL as it is reached over a network."""

    def __init__(self) -> None:
        self._port = free_port()
        self.tuning = {
            **PostgreSQL.tuning,
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
        }
        super().__init__()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/{database}"

    def _connect(self) -> psycopg.Connection:
        plain = self.url().replace("+psycopg", "")
        return psycopg.connect(plain, autocommit=True)


@pytest.fixture
def connected() -> Iterator[tuple[Connection, Connection]]:
    """Two connections as the service makes them, to one database."""
    with Networked.running() as server:
        engine = create_engine(server.url())
        event.listen(engine, "do_connect", Pooler(STILL_MS).connect)
        one, other = engine.connect(), engine.connect()
        yield one, other
        one.invalidate()
        for each in (one, other):
            each.close()
        engine.dispose()


def is_free(other: Connection) -> bool:
    with other.begin():
        return bool(other.execute(IS_FREE).scalar_one())


def ask_and_read_nothing(conn: Connection) -> None:
    conn.execute(HELD)
    driver: Any = conn.connection.driver_connection
    driver.pgconn.send_query(LONG)


def test_locks_of_who_stands_still_amid_an_answer_come_free(
    connected: tuple[Connection, Connection],
):
    one, other = connected
    ask_and_read_nothing(one)
    assert not is_free(other)
    until(lambda: is_free(other), 20)


def test_who_asked_for_patience_may_stand_still_amid_an_answer(
    connected: tuple[Connection, Connection],
):
    one, other = connected
    be_patient(one)
    shown = "SHOW tcp_user_timeout"
    assert one.exec_driver_sql(shown).scalar_one() == "0"
    one.rollback()
    assert other.exec_driver_sql(shown).scalar_one() == str(STILL_MS)
