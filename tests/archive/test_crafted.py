"""Backups that no Troth wrote, sealed well: anybody who knows the public key can make one.

Each ends in an error that says so, and neither the store nor the key's place is any different.
"""

import io
import json
import tracemalloc
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from tests.archive.conftest import LATER, NOW, Shelf
from tests.support.key import KEY
from troth.archive.kinds import ColumnKind
from troth.archive.loading import Loader
from troth.archive.manifest import GZIP, LONGEST_LINE, Head, Shape, Summing, end_line
from troth.archive.reading import Nobody, read, verify
from troth.archive.restoring import OwnKey, restore
from troth.archive.rows import shapes
from troth.archive.sealing import BackupKeys, seal
from troth.errors import TrothError
from troth.store import schema
from troth.store.database import Database
from troth.store.vault import Vault

SHAPES = {shape.table: shape for shape in shapes()}
COUPLE = {"id": 1, "name": "Ana & Ben", "timezone": "UTC", "day_starts": "04:00"}
COUPLE |= {"language": "en", "source": "here"}
SEASON = {"id": 1, "couple_id": 1, "kind": "rest", "origin": "file", "about": {}}
SEASON |= {"starts_at": "2026-03-02T12:00:00.000000+00:00"}
OTHER_KEY = "another key with which nothing here was sealed"
Table = tuple[bytes, Sequence[bytes]]  # its line, and its rows


def head(**other: object) -> bytes:
    good = Head(schema.head() or "", NOW, "sqlite", Vault(KEY).key_ids, KEY).data()
    return json.dumps({**good, **other}).encode()


def row(table: str, values: Mapping[str, Any]) -> bytes:
    listed = [values.get(name) for name in SHAPES[table].columns]
    return json.dumps(listed, separators=(",", ":")).encode()


def tables(**rows: Sequence[bytes]) -> list[Table]:
    return [(shape.line(), rows.get(name, [])) for name, shape in SHAPES.items()]


def changed(which: str, **shape: object) -> list[Table]:
    told = SHAPES[which].line()
    line = json.dumps({**json.loads(told), **shape}).encode()
    return [(line if each == told else each, rows) for each, rows in tables()]


def lines(begin: bytes, held: Sequence[Table]) -> Iterator[bytes]:
    sums = {}
    yield begin
    for line, rows in held:
        summing = Summing()
        for each in rows:
            summing.add(each)
        yield line
        yield from rows
        sums[json.loads(line)["table"]] = summing.done()
    yield end_line(sums)


def put(shelf: Shelf, found: Iterator[bytes], after: Iterable[bytes] = ()) -> None:
    gzip, into = zlib.compressobj(1, wbits=GZIP), io.BytesIO()

    def parts() -> Iterator[bytes]:
        yield from (gzip.compress(line + b"\n") for line in found)
        yield gzip.flush()
        yield from after

    seal((part for part in parts() if part), shelf.keys, into)
    shelf.file.write_bytes(into.getvalue())


STRANGE = Shape("strange", {"a": ColumnKind.TEXT}, ("a",)).line()
REVISIONS = Shape("alembic_version", {"version_num": ColumnKind.TEXT}, ("version_num",)).line()
COLUMNS = {"name": "text", "position": "text"}
DAMAGED: dict[str, tuple[bytes, list[Table]]] = {
    "sealed by no key": (head(key_ids=[]), tables()),
    "sealed by a key that is no text": (head(key_ids=[{}]), tables()),
    "a key that is no text": (head(secret_key=5), tables()),
    "taken at no certain moment": (head(taken_at="2026-03-03T12:00:00"), tables()),
    "taken before there was time": (head(taken_at="0001-01-01T00:00+10:00"), tables()),
    "of an older schema": (head(schema="0001"), tables()),
    "of no schema": (head(schema=None), tables()),
    "too few values": (head(), tables(positions=[b'["a"]'])),
    "a row that is no JSON": (head(), tables(positions=[b"[nope"])),
    "a row that is too deep": (head(), tables(seasons=[b"[" * 9_999 + b"]" * 9_999])),
    "a moment of no zone": (
        head(),
        tables(
            couples=[row("couples", COUPLE)],
            seasons=[row("seasons", {**SEASON, "starts_at": "2026-03-02T12:00:00"})],
        ),
    ),
    "another table": (head(), [*tables(), (STRANGE, [b'["x"]'])]),
    "the schema's own": (head(), [*tables(), (REVISIONS, [b'["0001"]'])]),
    "a table twice": (head(), [*tables(), *tables()]),
    "a table without a name": (head(), changed("positions", table="")),
    "a table with a long name": (head(), changed("positions", table="x" * 64)),
    "another column": (head(), changed("positions", columns={**COLUMNS, 'a%(b)s"': "text"})),
    "a key of no columns": (head(), changed("positions", key=["nope"])),
    "very many tables": (
        head(),
        [(Shape(f"t{number}", {}, ()).line(), []) for number in range(1_100)],
    ),
}
REFUSED = {  # in words of their own, as each database has them
    "a number too great": tables(couples=[row("couples", {**COUPLE, "id": 10**30})]),
    "a table for a text": tables(couples=[row("couples", {**COUPLE, "name": {"a": 1}})]),
    "half a letter": tables(couples=[row("couples", {**COUPLE, "name": "\ud800"})]),
    "nobody's season": tables(seasons=[row("seasons", SEASON)]),
    "no number": tables(
        couples=[row("couples", COUPLE)],
        seasons=[row("seasons", {**SEASON, "about": {"a": float("nan")}})],
    ),
}


def check_refused(empty: Database, shelf: Shelf, told: str) -> None:
    own = OwnKey(None, shelf.folder / "own.key")
    with pytest.raises(TrothError, match=told):
        restore(empty, shelf.file, shelf.keys, own, LATER)
    with empty.reading() as conn:
        assert inspect(conn).get_table_names() == []
    assert not own.file.exists()


@pytest.mark.parametrize("what", DAMAGED)
def test_what_no_troth_would_write_is_called_damaged(empty: Database, shelf: Shelf, what: str):
    put(shelf, lines(*DAMAGED[what]))
    check_refused(empty, shelf, "damaged")


@pytest.mark.parametrize("what", REFUSED)
def test_rows_that_no_store_takes_are_refused(empty: Database, shelf: Shelf, what: str):
    put(shelf, lines(head(), REFUSED[what]))
    check_refused(empty, shelf, "damaged|refuses rows of")


@pytest.mark.parametrize("key", ["x", OTHER_KEY, f"{KEY},{OTHER_KEY}"])
def test_a_secret_key_that_does_not_belong_to_its_backup_is_not_kept(
    empty: Database, shelf: Shelf, key: str
):
    """Whatever would be sealed from then on could be opened by who made the file."""
    put(shelf, lines(head(secret_key=key), tables()))
    check_refused(empty, shelf, "not the one that belongs to it; give the right one")


def test_a_key_that_another_has_made_meanwhile_is_kept_and_nothing_is_restored(
    empty: Database, shelf: Shelf
):
    put(shelf, lines(head(), tables(couples=[row("couples", COUPLE)])))
    own = OwnKey(None, shelf.folder / "own.key")

    def told(_table: str, _rows: int) -> None:
        own.file.write_text(OTHER_KEY)

    with pytest.raises(TrothError, match="not the one that belongs to the backup"):
        restore(empty, shelf.file, shelf.keys, own, LATER, told)
    with empty.reading() as conn:
        assert inspect(conn).get_table_names() == []
    assert own.file.read_text() == OTHER_KEY


def test_what_stands_after_the_end_takes_no_memory(keys: BackupKeys, shelf: Shelf):
    mebibyte = bytes(1 << 20)
    put(shelf, lines(head(), tables()), after=(mebibyte for _ in range(64)))
    tracemalloc.start()
    with pytest.raises(TrothError, match="damaged"):
        verify(shelf.file, keys)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < LONGEST_LINE


def test_long_rows_take_no_more_memory_than_a_line_may(shelf: Shelf, tmp_path: Path):
    """A thousand of them were held at a time, and each may take sixteen MiB."""
    long = [f'["{number}","{"x" * (4 << 20)}"]'.encode() for number in range(32)]
    put(shelf, lines(head(), tables(positions=long)))
    del long[:]
    db = Database(f"sqlite:///{tmp_path / 'long.db'}")
    tracemalloc.start()
    with db.rehearsing() as conn:
        read(shelf.file, shelf.keys, Loader(conn))
        _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    db.close()
    assert most < 5 * LONGEST_LINE


def test_what_is_crafted_here_is_good_but_for_what_is_crafted(empty: Database, shelf: Shelf):
    put(shelf, lines(head(), tables(couples=[row("couples", COUPLE)])))
    own = OwnKey(None, shelf.folder / "own.key")
    restored = restore(empty, shelf.file, shelf.keys, own, LATER)
    assert read(shelf.file, shelf.keys, Nobody()) == restored
    assert own.file.read_text().strip() == KEY
