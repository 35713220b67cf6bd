"""Rituals that all fall due in one minute: planned and dispatched, beside the bare inserts."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.benchmarks.bulk import DUE, apply_file, columns, fill, name_of
from tests.benchmarks.couples import opened
from tests.benchmarks.progress import progress
from tests.benchmarks.servers import DurablePostgreSQL, connect
from tests.support.servers import Redis
from troth.bootstrap import Store
from troth.engine.announce import announce
from troth.engine.dispatch import dispatch
from troth.engine.plan import plan
from troth.processes.roles import spare_the_collector
from troth.workers import DramatiqBell

WRITTEN = ("occurrences", "nudges", "ledger")
BATCH = 5_000


@dataclass(frozen=True)
class Planned:
    """Seconds, and rows. `insert` is the bare INSERT of the very rows that `plan` wrote."""

    couples: int
    plan: float
    dispatch: float
    insert: float
    rows: dict[str, int]
    claimed: int

    @property
    def ratio(self) -> float:
        """What Troth takes for what the database alone takes."""
        return (self.plan + self.dispatch) / self.insert


@dataclass(frozen=True)
class Batch:
    """One INSERT, ready: the statement, and an array literal a column."""

    statement: bytes
    arrays: list[str]


def measure(postgres: DurablePostgreSQL, redis: Redis, folder: Path, couples: int) -> Planned:
    """Fill a database, copy it, plan in the one copy and insert into the other."""
    with postgres.database() as prepared:
        progress(f"writing the rows of {couples} couples")
        fill(prepared, folder, couples)
        template = make_url(prepared).database or ""
        with postgres.database(template) as url:
            planned, dispatched, claimed, batches = _through_troth(url, redis, folder)
            rows = _counts(url)
        with postgres.database(template) as url:
            progress("inserting the very same rows with nothing around it")
            inserted = _insert(url, batches)
    return Planned(couples, planned, dispatched, inserted, rows, claimed)


def _through_troth(url: str, redis: Redis, folder: Path) -> tuple[float, float, int, list[Batch]]:
    """Return the seconds of plan and of dispatch, what was claimed, and the rows plan wrote."""
    redis.flush()
    bell = DramatiqBell(redis.url, lambda *_: None)
    spare_the_collector()  # as `troth clock` does
    with opened(url) as store:
        _check(store, folder)
        progress("planning")
        planned, _ = _until_nothing(lambda: plan(store.db, store.vault, DUE))
        announced, _ = _until_nothing(lambda: announce(store.db, DUE))
        progress(f"planned in {planned + announced:.2f} s; keeping a copy of the rows")
        batches = _take_down(url)
        progress("dispatching")
        dispatched, claimed = _dispatch(store, bell, url)
        progress(f"dispatched in {dispatched:.2f} s")
    bell.close()
    return planned + announced, dispatched, claimed, batches


def _dispatch(store: Store, bell: DramatiqBell, url: str) -> tuple[float, int]:
    """Dispatch until nothing is left; between rounds workers take all in hand, on nobody's time."""
    seconds, claimed = 0.0, 0
    with connect(url) as workers:
        while True:
            began = time.monotonic()
            done = dispatch(store.db, bell, DUE, most_unheard=10**9)
            seconds += time.monotonic() - began
            if not done:
                return seconds, claimed
            claimed += done
            workers.execute(
                "UPDATE nudges SET picked = true WHERE state = 'sending' AND NOT picked"
            )


def _check(store: Store, folder: Path) -> None:
    """Fail unless `apply` finds that a copied couple stands exactly as its file says."""
    for kind in range(5):
        changed = apply_file(store, folder, name_of(1_000 + kind), kind, rituals=1)
        assert changed == 0, f"the copied couple of kind {kind} is not as apply writes it"


def _until_nothing(duty: Callable[[], int]) -> tuple[float, int]:
    """Do a duty as the clock does, until there is nothing to do; return seconds and its count."""
    began, total = time.monotonic(), 0
    while done := duty():
        total += done
    return time.monotonic() - began, total


def _take_down(url: str) -> list[Batch]:
    """Read what was written, as arrays that need no more work from the client."""
    with connect(url) as conn:
        return [batch for table in WRITTEN for batch in _batches(conn, table)]


def _batches(conn: psycopg.Connection, table: str) -> Iterator[Batch]:
    types = columns(conn, table)
    arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
    names = ", ".join(types)
    insert = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 - ours
    read = f"SELECT {', '.join(f'{name}::text' for name in types)} FROM {table} ORDER BY id"  # noqa: S608
    with conn.transaction(), conn.cursor("rows") as cursor:
        cursor.execute(read.encode())
        while rows := cursor.fetchmany(BATCH):
            yield Batch(insert.encode(), [_literal(values) for values in zip(*rows, strict=True)])


def _literal(values: Sequence[str | None]) -> str:
    return "{" + ",".join("NULL" if value is None else _quoted(value) for value in values) + "}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _insert(url: str, batches: Sequence[Batch]) -> float:
    with connect(url) as conn:
        began = time.monotonic()
        for batch in batches:
            conn.execute(batch.statement, batch.arrays)
        return time.monotonic() - began


def _counts(url: str) -> dict[str, int]:
    with connect(url) as conn:
        counts = {}
        for table in WRITTEN:
            row = conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608
            counts[table] = int(row[0]) if row else 0
        return counts
