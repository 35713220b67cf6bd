"""One row that the store refuses for ever stops nothing else, whatever the driver calls that."""

import threading
from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest
import structlog
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from troth.domain.incoming import Address, AddressKind, Incoming
from troth.engine.together import do_together
from troth.inbound.inbox import Inbox
from troth.inbound.listener import Take
from troth.store.away import is_away, is_passing
from troth.store.database import AWAY, Database

BAD = 2
INSERT = text("INSERT INTO done VALUES (:id)")


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    db = Database(database_url)
    with db.writing() as conn:
        conn.exec_driver_sql("CREATE TABLE done (id INTEGER)")
    yield db
    db.close()


def refuse(conn: Connection) -> None:
    """Raise what a driver calls operational though the store is there: a row is damaged."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("SELECT CAST(x'ff' AS TEXT)").scalar()
    raise_of(conn, "54000")


def raise_of(conn: Connection, state: str) -> None:
    raising = f"RAISE EXCEPTION 'no' USING ERRCODE = '{state}'"
    conn.exec_driver_sql(f"DO $$ BEGIN {raising}; END $$")


def work(conn: Connection, ids: Sequence[int]) -> int:
    for one in ids:
        if one == BAD:
            refuse(conn)
        conn.execute(INSERT, {"id": one})
    return len(ids)


def put_aside(conn: Connection, one: int) -> None:
    conn.execute(INSERT, {"id": -one})


def done(db: Database) -> list[int]:
    with db.reading() as conn:
        return sorted(conn.exec_driver_sql("SELECT id FROM done").scalars())


def test_a_row_that_the_store_always_refuses_steps_aside_and_the_others_go_on(db: Database):
    with pytest.raises(AWAY), db.writing() as conn:
        refuse(conn)
    assert do_together(db, range(1, 41), work, put_aside) == 40
    assert done(db) == [-BAD, 1, *range(3, 41)]


def test_who_had_another_in_the_way_is_due_still_and_the_others_go_on(postgres_url: str):
    db = Database(postgres_url)

    def meet(conn: Connection, ids: Sequence[int]) -> int:
        if BAD in ids:
            raise_of(conn, "40P01")
        return len(ids)

    def never(_conn: Connection, _one: int) -> None:
        raise AssertionError

    with structlog.testing.capture_logs() as lines:
        assert do_together(db, [1, 2, 3], meet, never) == 2
    assert [line["event"] for line in lines] == ["occurrence.put_off"]
    db.close()


class Mailbox:
    """Gives two messages."""

    name: ClassVar[str] = "mailbox"

    def run(self, take: Take, _stopping: threading.Event) -> None:
        for number in ("1", "2"):
            take(Incoming("mailbox", number, Address(AddressKind.MAIL, "a@b.example"), "done"))


def test_a_message_that_the_store_always_refuses_does_not_come_again_before_all_others(
    db: Database,
):
    heard: list[str] = []

    def hear(incoming: Incoming) -> None:
        if incoming.provider_id == "1":
            with db.writing() as conn:
                refuse(conn)
        heard.append(incoming.provider_id)

    with structlog.testing.capture_logs() as lines, Inbox([Mailbox()], hear).listening():
        pass
    assert heard == ["2"]
    assert [line["event"] for line in lines] == ["message.set_aside"]


@pytest.mark.parametrize(
    ("state", "away", "passing"),
    [
        ("08006", True, False),
        ("25006", True, False),
        ("53100", True, False),
        ("57P01", True, False),
        ("57014", False, True),
        ("40P01", False, True),
        ("55P03", False, True),
        ("54000", False, False),
        ("XX001", False, False),
        ("25P02", False, False),
    ],
)
def test_what_the_server_says_tells_whose_trouble_it_is(
    postgres_url: str, state: str, away: bool, passing: bool
):
    db = Database(postgres_url)
    with pytest.raises(AWAY) as told, db.writing() as conn:
        raise_of(conn, state)
    assert (is_away(told.value), is_passing(told.value)) == (away, passing)
    db.close()


def test_a_full_disk_and_a_file_that_may_not_be_written_are_the_stores_trouble(sqlite_url: str):
    db = Database(sqlite_url)
    with db.writing() as conn:
        conn.exec_driver_sql("CREATE TABLE done (words TEXT)")
    with pytest.raises(OperationalError, match="full") as told, db.writing() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1")
        conn.exec_driver_sql("INSERT INTO done VALUES (hex(zeroblob(100000)))")
    assert is_away(told.value)
    event.listen(db.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA query_only = 1"))
    with pytest.raises(OperationalError, match="readonly") as told, db.writing() as conn:
        conn.exec_driver_sql("INSERT INTO done VALUES ('')")
    assert is_away(told.value)
    db.close()
