"""Couples by the hundred thousand: rows as `apply` writes them, copied into the tables at once.

Applying so many files would take an hour. A few couples are really applied, and their rows
copied under new names and ids, each partner with a seed and a token of their own. That nothing
is missing is checked: applying the file of a copied couple finds nothing to change.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.benchmarks.couples import opened
from tests.benchmarks.servers import connect
from troth.bootstrap import Store
from troth.delivery.courier import is_channel_url
from troth.engine.apply import apply
from troth.schedules.load import load_schedules

DUE = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)  # a Tuesday; every ritual falls due in this minute
BEFORE = DUE - timedelta(hours=1)
KINDS = (  # zone, practice, cron: daily and weekly, with and without a deck of prompts
    ("Europe/Lisbon", "evening-check-in", "0 20 * * *"),
    ("Europe/Berlin", "twenty-second-hug", "0 21 * * *"),
    ("America/New_York", "phone-free-meal", "0 15 * * *"),
    ("Europe/Lisbon", "question-of-the-day", "0 20 * * mon-fri"),
    ("Europe/Lisbon", "three-minute-share", "0 20 * * tue"),
)
FILE = """\
couple = "{name}"
timezone = "{zone}"
[partners.ana]
nudges_a_day = 24
name = "Ana"
[partners.ben]
nudges_a_day = 24
name = "Ben"
"""
RITUAL = """\
[rituals.{key}]
practice = "{practice}"
cron = "{cron}"
"""
TABLES = ("couples", "partners", "channels", "rituals")
Row = dict[str, Any]


@dataclass(frozen=True)
class Pattern:
    """One really applied couple: its rows by table, each value as text."""

    rows: dict[str, list[Row]]


def name_of(number: int) -> str:
    """The name of a copied couple."""
    return f"Copied {number}"


def file_of(name: str, kind: int, rituals: int) -> str:
    """The file of a couple of one kind."""
    zone, practice, cron = KINDS[kind]
    keys = (f"evening-{number}" for number in range(rituals))
    asked = (RITUAL.format(key=key, practice=practice, cron=cron) for key in keys)
    return FILE.format(name=name, zone=zone) + "".join(asked)


def fill(url: str, folder: Path, couples: int, rituals: int = 1) -> None:
    """Fill an empty database with so many couples, of so many rituals each."""
    with opened(url) as store, connect(url) as conn:
        for kind in range(len(KINDS)):
            apply_file(store, folder, f"Pattern {kind}", kind, rituals)
        patterns = [_pattern(conn, f"Pattern {kind}") for kind in range(len(KINDS))]
        for table in TABLES:
            _copy(conn, table, _rows(store, table, patterns, couples))
        conn.execute("DELETE FROM couples WHERE name LIKE 'Pattern %'")
        conn.execute("VACUUM ANALYZE")


def apply_file(store: Store, folder: Path, name: str, kind: int, rituals: int) -> int:
    """Apply one couple's file; return how much that changed."""
    file = folder / f"{name}.toml"
    file.write_text(file_of(name, kind, rituals))
    found = load_schedules([file], is_channel_url)
    return len(apply(store.db, store.vault, found.couples, [], BEFORE))


def _pattern(conn: psycopg.Connection, name: str) -> Pattern:
    mine = "couple_id = (SELECT id FROM couples WHERE name = %(name)s)"
    where = {
        "couples": "name = %(name)s",
        "partners": mine,
        "channels": f"partner_id IN (SELECT id FROM partners WHERE {mine})",  # noqa: S608 - ours
        "rituals": mine,
    }
    return Pattern({table: _texts(conn, table, where[table], name) for table in TABLES})


def columns(conn: psycopg.Connection, table: str) -> dict[str, str]:
    """A table's columns with their types, in order."""
    query = (
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    return dict(conn.execute(query, [table]).fetchall())


def _texts(conn: psycopg.Connection, table: str, where: str, name: str) -> list[Row]:
    names = list(columns(conn, table))
    listed = ", ".join(f"{column}::text" for column in names)
    query = f"SELECT {listed} FROM {table} WHERE {where} ORDER BY id"  # noqa: S608 - ours
    found = conn.execute(query.encode(), {"name": name}).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def _rows(store: Store, table: str, patterns: Sequence[Pattern], couples: int) -> Iterator[Row]:
    """Yield the table's rows of every couple, with new ids and whatever is each one's own."""
    first = 1_000  # above the ids of the patterns
    ids = itertools.count(first)
    for number in range(couples):
        rows = patterns[number % len(patterns)].rows[table]
        for place, row in enumerate(rows):
            yield {**row, "id": next(ids), **_own(store, table, first + number, place)}


def _own(store: Store, table: str, couple_id: int, place: int) -> Row:
    """What no two couples share. A couple has two partners, and each of them one channel."""
    match table:
        case "couples":
            return {"name": name_of(couple_id)}
        case "partners":
            seed, hashed = store.vault.new_token()
            return {"couple_id": couple_id, "seed": seed, "token_hash": hashed}
        case "channels":
            return {"partner_id": 1_000 + 2 * (couple_id - 1_000) + place}
    return {"couple_id": couple_id}


def _copy(conn: psycopg.Connection, table: str, rows: Iterable[Row]) -> None:
    names = list(columns(conn, table))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with conn.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
    number_on(conn, table)


def number_on(conn: psycopg.Connection, table: str) -> None:
    """Let the table's own ids go on after the highest that was written."""
    query = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
    conn.execute(query.encode())
