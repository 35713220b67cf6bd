"""Couples by the ten thousand with evenings behind them: asked, answered, settled, written down.

One couple's evenings are really played, by the real service on a clock of its own. Their rows are
copied under new ids, into either database; what is secret or sealed is random, and as long as it
was.
"""

import itertools
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select, text

from tests.benchmarks.bulk import number_on
from tests.benchmarks.couples import opened
from tests.benchmarks.servers import connect
from tests.support.stage import EVENING, couple_file, on_stage
from troth.store.batches import insert_rows
from troth.store.database import Database
from troth.store.tables import metadata, positions

STRIDE = 1_000  # more than the rows of one couple in any table
BATCH = 5_000
RANDOM = ("seed", "token_hash", "url_mark", "event_id")
Row = dict[str, Any]


@dataclass(frozen=True)
class Played:
    """The rows of one couple, by table, parents first."""

    rows: dict[str, list[Row]]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.rows.values()))


def play(folder: Path, evenings: int) -> Played:
    """Let a couple be asked so many evenings; both tell of their day and are read to."""
    url = f"sqlite:///{folder / 'played.db'}"
    with on_stage(url, folder) as stage:
        stage.couple(couple_file(EVENING))
        for _ in range(evenings):
            stage.wind("21:30")
            stage.ana.says("the market in the rain, and the long way home")
            stage.ben.says("done")
            stage.wind(hours=5)
        stage.ana.reads_all()
        stage.ben.reads_all()
        with stage.store.db.reading() as conn:
            tables = [each for each in metadata.sorted_tables if each is not positions]
            found = {each.name: conn.execute(select(each)).mappings().all() for each in tables}
    return Played({name: [dict(row) for row in rows] for name, rows in found.items() if rows})


def fill(url: str, played: Played, couples: int) -> None:
    """Fill an empty database with so many couples."""
    with opened(url) as store:
        for name in played.rows:
            table = metadata.tables[name]
            rows = (_own(table, row, n) for n in range(couples) for row in played.rows[name])
            for batch in _batches(rows):
                with store.db.writing() as conn:
                    conn.execute(insert_rows(conn, table, batch))
        _tidy(store.db, url, [name for name in played.rows if "id" in metadata.tables[name].c])


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def _tidy(db: Database, url: str, numbered: Sequence[str]) -> None:
    """Leave the database as one that has been at work for long."""
    if db.is_sqlite:
        with db.engine.connect() as conn:
            conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return
    with connect(url) as raw:
        for name in numbered:
            number_on(raw, name)
        raw.execute("VACUUM ANALYZE")


def _own(table: Table, row: Row, number: int) -> Row:
    """The same row of another couple."""
    return {name: _value(table, name, value, number) for name, value in row.items()}


def _value(table: Table, name: str, value: Any, number: int) -> Any:
    if value is None:
        return None
    if name == "id" or table.c[name].foreign_keys:
        return value + number * STRIDE
    if name in RANDOM:
        return secrets.token_hex(len(value) // 2)
    if name.endswith("_sealed"):
        key, _, sealed = value.partition(":")
        return f"{key}:{secrets.token_urlsafe(len(sealed))[: len(sealed)]}"
    if (table.name, name) in (("couples", "name"), ("replies", "provider_id")):
        return f"{value} {number}"
    return value
