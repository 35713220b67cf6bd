"""A backup of either database becomes a store in either, the same row by row, or nothing at all."""

from pathlib import Path

import pytest
from sqlalchemy import func, insert, inspect, select, text

from tests.archive.conftest import LATER, NOW, Shelf, left_undone
from tests.support.key import KEY
from troth.archive.manifest import Manifest
from troth.archive.restoring import OwnKey, check, restore
from troth.archive.rows import shapes, sums
from troth.archive.writing import head_of, new_file, write
from troth.engine.standing import couple_standing, folded_standing
from troth.errors import TrothError
from troth.store import couples, marks, schema
from troth.store.database import Database
from troth.store.tables import couples as couple_table
from troth.store.tables import metadata
from troth.store.vault import Vault

COUPLE = {"timezone": "UTC", "day_starts": "04:00", "language": "en", "source": "here"}


def test_what_is_restored_is_what_was_there(played: Database, empty: Database, shelf: Shelf):
    written = shelf.backup(played)
    assert written.sums["replies"].rows == 1
    assert written.sums["nudges"].rows >= 3
    restored = shelf.restore(empty)
    assert restored == written
    for db in (played, empty):
        with db.reading() as conn:
            marked = [shape for shape in shapes() if shape.table != "positions"]
            found = sums(conn, marked)
            assert found == {name: each for name, each in written.sums.items() if name in found}
    with empty.reading() as conn:
        ids = [couple.id for couple in couples.all_couples(conn)]
        assert [couple_standing(conn, each) for each in ids] == [
            folded_standing(conn, each) for each in ids
        ]
    schema.check_schema(empty)
    assert left_undone(empty) == ([], [])


def test_every_table_that_there_is_is_in_a_backup(played: Database, shelf: Shelf):
    with played.reading() as conn:
        there = set(inspect(conn).get_table_names()) - {"alembic_version"}
    assert set(shelf.backup(played).sums) == there == set(metadata.tables)


def test_new_rows_get_ids_beyond_those_that_came(played: Database, empty: Database, shelf: Shelf):
    shelf.backup(played)
    shelf.restore(empty)
    with empty.writing() as conn:
        highest = conn.execute(select(func.max(couple_table.c.id))).scalar_one()
        added = conn.execute(insert(couple_table).values(name="Cleo & Dan", **COUPLE))
        assert added.inserted_primary_key is not None
        assert added.inserted_primary_key[0] > highest


def test_nothing_leaves_from_what_was_restored_before_it_is_released(
    played: Database, empty: Database, shelf: Shelf
):
    shelf.backup(played)
    shelf.restore(empty)
    with empty.reading() as conn:
        assert marks.doubt(conn) == marks.Doubt(held=True, until=LATER)
        assert marks.gaps(conn) == [marks.Gap(NOW, LATER)]
    with empty.writing() as conn:
        assert marks.release(conn)
    with empty.reading() as conn:
        assert marks.doubt(conn) == marks.Doubt(held=False, until=LATER)


def test_a_store_that_is_not_empty_is_left_alone(played: Database, shelf: Shelf):
    written = shelf.backup(played)
    with pytest.raises(TrothError, match="not empty"):
        shelf.restore(played)
    with played.reading() as conn:
        assert sums(conn, shapes()) == written.sums


def test_an_empty_store_of_todays_schema_is_filled(played: Database, store_url: str, shelf: Shelf):
    """As after `troth migrate`."""
    shelf.backup(played)
    with played.writing() as conn:
        conn.execute(couple_table.delete())
    with played.reading() as conn:
        left = sums(conn, shapes())
    assert sum(each.rows for each in left.values()) == 0
    shelf.restore(played)


def test_an_older_schema_is_restored_and_brought_up_to_date(empty: Database, shelf: Shelf):
    """The file is written by hand of what 0001 held."""
    old = Database(f"sqlite:///{shelf.folder / 'old.db'}")
    with old.writing() as conn:
        schema.upgrade(conn, "0001")
        conn.execute(
            text(
                "INSERT INTO couples (name, timezone, day_starts, language, source)"
                " VALUES ('Ana & Ben', 'UTC', '04:00', 'en', 'here')"
            )
        )
    _back_up_as(old, "0001", shelf)
    old.close()
    shelf.restore(empty)
    schema.check_schema(empty)
    with empty.reading() as conn:
        assert [couple.name for couple in couples.all_couples(conn)] == ["Ana & Ben"]


def test_a_backup_that_lacks_a_column_is_refused(empty: Database, shelf: Shelf):
    old = Database(f"sqlite:///{shelf.folder / 'old.db'}")
    with old.writing() as conn:
        schema.upgrade(conn, "0003")
    _back_up_as(old, "0003", shelf, schema_said=schema.head() or "")
    old.close()
    with pytest.raises(TrothError, match="does not hold all of"):
        shelf.restore(empty)
    _check_is_empty(empty)


def test_a_newer_backup_is_refused(played: Database, empty: Database, shelf: Shelf):
    head = head_of(played, Vault(KEY), NOW)
    shelf.backup(played, type(head)("9999", NOW, "sqlite", head.key_ids))
    with pytest.raises(TrothError, match="newer Troth"):
        shelf.restore(empty)
    shelf.backup(played, type(head)(head.schema, NOW, "sqlite", head.key_ids, format=2))
    with pytest.raises(TrothError, match="newer Troth"):
        shelf.restore(empty)
    _check_is_empty(empty)


def test_another_secret_key_is_refused_before_anything_is_written(
    played: Database, shelf: Shelf, tmp_path: Path
):
    shelf.backup(played)
    with pytest.raises(TrothError, match="not the one that belongs"):
        check(shelf.file, shelf.keys, OwnKey("x" * 40, tmp_path / "key"))
    with pytest.raises(TrothError, match="does not hold the secret key"):
        check(shelf.file, shelf.keys, OwnKey(None, tmp_path / "key"))
    assert not (tmp_path / "key").exists()
    newer = f"{'y' * 40},{KEY}"  # the key was changed since
    assert check(shelf.file, shelf.keys, OwnKey(newer, tmp_path / "key")).rows > 0


def test_a_secret_key_that_came_along_is_kept_where_there_is_none(
    played: Database, empty: Database, shelf: Shelf, tmp_path: Path
):
    manifest = shelf.backup(played, head_of(played, Vault(KEY), NOW, KEY))
    assert KEY not in str(manifest)
    assert KEY not in str(manifest.data())
    restore(empty, shelf.file, shelf.keys, OwnKey(None, tmp_path / "key"), LATER)
    assert (tmp_path / "key").read_text().strip() == KEY
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def _back_up_as(old: Database, revision: str, shelf: Shelf, schema_said: str = "") -> Manifest:
    """Write what a Troth of that revision would have written."""
    with old.reading() as conn:
        looked = inspect(conn)
        held = {name: looked.get_columns(name) for name in looked.get_table_names()}
    older = [
        type(shape)(
            shape.table,
            {
                name: kind
                for name, kind in shape.columns.items()
                if name in {column["name"] for column in held[shape.table]}
            },
            shape.key,
        )
        for shape in shapes()
        if shape.table in held
    ]
    head = head_of(old, Vault(KEY), NOW)
    with new_file(shelf.file, replace=True) as stream:
        return write(
            old,
            type(head)(schema_said or revision, NOW, "sqlite", head.key_ids),
            shelf.keys,
            stream,
            tables=older,
        )


def _check_is_empty(db: Database) -> None:
    with db.reading() as conn:
        assert inspect(conn).get_table_names() == []
