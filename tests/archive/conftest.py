"""Stores with an evening in them, empty ones, and a key to backups."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url, text

from tests.cli.conftest import home, troth  # noqa: F401 - fixtures
from tests.support.key import KEY
from tests.support.servers import PostgreSQL
from tests.support.stage import EVENING, couple_file, on_stage
from troth.archive.manifest import Head, Manifest
from troth.archive.restoring import OwnKey, restore
from troth.archive.sealing import BackupKeys, new_key, read_keys
from troth.archive.writing import head_of, new_file, write
from troth.store.database import Database
from troth.store.tables import metadata
from troth.store.vault import Vault

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> BackupKeys:
    file = tmp_path_factory.mktemp("keys") / "backup.key"
    new_key(file)
    return read_keys(file.read_text())


@dataclass(frozen=True)
class Shelf:
    """A folder for backups, with their key."""

    folder: Path
    keys: BackupKeys

    @property
    def file(self) -> Path:
        return self.folder / "backup"

    def backup(self, db: Database, head: Head | None = None) -> Manifest:
        head = head or head_of(db, Vault(KEY), NOW)
        with new_file(self.file, replace=True) as stream:
            return write(db, head, self.keys, stream)

    def restore(self, db: Database, now: datetime = LATER) -> Manifest:
        return restore(db, self.file, self.keys, OwnKey(KEY, self.folder / "key"), now)


@pytest.fixture
def shelf(tmp_path: Path, keys: BackupKeys) -> Shelf:
    return Shelf(tmp_path, keys)


@pytest.fixture
def played(store_url: str, tmp_path: Path) -> Iterator[Database]:
    """A store in which an evening was asked, answered and settled; once of each kind."""
    folder = tmp_path / "stage"
    folder.mkdir()
    with on_stage(store_url, folder) as stage:
        stage.couple(couple_file(EVENING))
        stage.wind("21:30")
        stage.ana.expects("")
        stage.ben.expects("")
        stage.ana.says('done ä ☕ \\ " we laughed')
        stage.wind(hours=5)
        stage.ana.reads_all()
        stage.ben.reads_all()
    database = Database(store_url)
    yield database
    database.close()


@pytest.fixture(params=KINDS)
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgreSQL
) -> Iterator[Database]:
    """A database with nothing in it; the test runs once for each kind."""
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path / 'empty.db'}")
        return
    with postgres_server.database() as url:
        assert make_url(url).database
        yield from _opened(url)


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def left_undone(db: Database) -> tuple[list[str], list[str]]:
    """Return the indexes that a store lacks, and the constraints that nobody has checked."""
    with db.reading() as conn:
        there = inspect(conn)
        lacking = [
            str(index.name)
            for table in metadata.sorted_tables
            for index in table.indexes
            if index.name not in {each["name"] for each in there.get_indexes(table.name)}
        ]
        if db.is_sqlite:
            return lacking, []
        unchecked = text("SELECT conname FROM pg_constraint WHERE NOT convalidated")
        return lacking, list(conn.execute(unchecked).scalars())
