"""What is asked of the store all the time is cheap on any day: indexes, and counts that end."""

import re
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.conftest import migrate
from troth.clock import SystemClock
from troth.store.agenda import AGENDA, first_of
from troth.store.backlog import read_backlog
from troth.store.database import Database
from troth.store.workload import PATIENCE_MS, read_workload

# Of SQLite's plans: a line that reads a table without an index.
READS_TABLE = re.compile(r"SCAN (?:nudges|occurrences|rituals|occasions)(?!.* ix_)")
Asked = list[tuple[str, Any]]


def asked_of(db: Database) -> Asked:
    """Every statement of a scrape, a look at how late it is and a clock's tick, as sent."""
    asked: Asked = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    now = SystemClock().now()
    read_workload(db, now)
    with db.reading() as conn:
        read_backlog(conn, now)
        first_of(conn)
        for kind in AGENDA:
            kind.count(conn, now, 9)
    event.remove(db.engine, "before_cursor_execute", note)
    return asked


def plans(db: Database) -> list[str]:
    """How the database would answer each; PostgreSQL reads whole tables only where it must."""
    explain = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN "
    found = []
    asked = [each for each in asked_of(db) if each[0].startswith("SELECT")]
    with db.reading() as conn:
        if not db.is_sqlite:
            conn.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, parameters in asked:
            rows = conn.exec_driver_sql(explain + statement, parameters)
            found.append("\n".join(" ".join(map(str, row)) for row in rows))
    return found


@pytest.fixture
def db(store_url: str):
    db = Database(store_url)
    yield db
    db.close()


def test_what_waits_is_looked_for_in_indexes_of_what_is_still_to_be_done(db: Database):
    found = plans(db)
    assert len(found) > 3 * len(AGENDA)
    for plan in found:
        assert "ix_" in plan, plan
        assert "Seq Scan" not in plan, plan
        assert [line for line in plan.splitlines() if READS_TABLE.search(line)] == []


def test_no_statement_of_a_scrape_takes_longer_than_it_may(postgres_url: str):
    migrate(postgres_url)
    db = Database(postgres_url)
    assert f"SET LOCAL statement_timeout = {PATIENCE_MS}" in [said for said, _ in asked_of(db)]
    db.close()
