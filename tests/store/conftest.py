"""A migrated store over each database, and a stage where a whole service is needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stage import Stage, on_stage
from troth.store import schema
from troth.store.database import Database


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    schema.migrate(database)
    yield database
    database.close()


@pytest.fixture
def stage(store_url: str, tmp_path: Path) -> Iterator[Stage]:
    folder = tmp_path / "stage"
    folder.mkdir()
    with on_stage(store_url, folder) as stage:
        yield stage
