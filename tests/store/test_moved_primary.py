"""PostgreSQL whose primary moved: whoever holds connections to the old one finds the new one."""

import pytest
from sqlalchemy.exc import InternalError

from tests.support.ports import free_port
from troth.store.database import Database, UnreachableError


def test_connections_to_a_primary_that_only_reads_now_are_made_anew(postgres_url: str):
    database = Database(postgres_url, pool_size=2)
    for _ in range(2):  # both connections of the pool
        with database.writing() as one, database.writing() as other:
            for conn in (one, other):
                conn.exec_driver_sql("SET SESSION default_transaction_read_only = on")
    with pytest.raises(InternalError, match="read-only"):
        write(database)
    write(database)
    with database.reading() as first, database.reading() as second:
        kept = [
            conn.exec_driver_sql("SHOW default_transaction_read_only").scalar_one()
            for conn in (first, second)
        ]
    assert kept == ["off", "off"]
    database.close()


def test_a_store_of_several_hosts_that_are_all_away_is_named_by_them():
    port = free_port()
    query = f"host=127.0.0.1,127.0.0.2&port={port},{port}&target_session_attrs=read-write"
    database = Database(f"postgresql://troth:a-secret@/troth?{query}")
    with pytest.raises(
        UnreachableError, match=r"at 127\.0\.0\.1,127\.0\.0\.2 can't be used"
    ) as raised:
        database.check()
    assert "a-secret" not in str(raised.value)
    database.close()


def write(database: Database) -> None:
    with database.writing() as conn:
        conn.exec_driver_sql("CREATE TABLE written (n int)")
