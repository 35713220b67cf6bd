"""Who restores or moves a store has it alone: a service is at work on it before or after."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect

from tests.archive.conftest import LATER, NOW, Shelf
from tests.support.key import KEY
from tests.support.processes import Process
from troth.archive.restoring import OwnKey, restore
from troth.archive.writing import head_of
from troth.errors import TrothError
from troth.store import marks
from troth.store.at_work import at_work
from troth.store.database import Database
from troth.store.vault import Vault

ON_SQLITE = pytest.mark.parametrize(
    ("store_url", "empty"), [("sqlite", "sqlite")], indirect=True
)  # PostgreSQL locks the tables, and knows its clients


@ON_SQLITE
def test_a_store_at_work_is_not_restored_into(played: Database, empty: Database, shelf: Shelf):
    shelf.backup(played, head_of(played, Vault(KEY), NOW, KEY))
    own = OwnKey(None, shelf.folder / "key")
    with at_work(empty), pytest.raises(TrothError, match="stop it first"):
        restore(empty, shelf.file, shelf.keys, own, LATER)
    with empty.reading() as conn:
        assert inspect(conn).get_table_names() == []
    assert not own.file.exists()


@ON_SQLITE
def test_no_service_starts_on_a_store_in_mid_restore(
    played: Database,
    empty: Database,
    shelf: Shelf,
    start_troth: Callable[..., Process],
    free_port: int,
):
    shelf.backup(played)
    refused: list[Process] = []

    def told(place: str, _rows: int) -> None:
        if place == "nudges":
            url = empty.url.render_as_string()
            up = start_troth("up", TROTH_PORT=str(free_port), TROTH_DATABASE_URL=url)
            refused.append(up)
            assert up.wait(30) == 1

    restore(empty, shelf.file, shelf.keys, OwnKey(KEY, Path("nowhere")), LATER, told)
    assert ["being moved or restored" in up.output for up in refused] == [True]
    with empty.reading() as conn:
        assert marks.doubt(conn).held


def test_a_link_in_the_lock_s_place_leads_to_no_other_file(tmp_path: Path):
    """It was followed, and what it led to was emptied."""
    kept = tmp_path / "kept"
    kept.write_text("another's")
    (tmp_path / "troth.db.at-work").symlink_to(kept)
    db = Database(f"sqlite:///{tmp_path / 'troth.db'}")
    with pytest.raises(TrothError, match=r"at-work can't be written: .*; give it"), at_work(db):
        pass
    assert kept.read_text() == "another's"
    db.close()
