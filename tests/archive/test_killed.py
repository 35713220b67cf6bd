"""kill -9 in the middle: no half backup, no half store, and never two that send."""

import signal
import subprocess
import sys

import pytest
from sqlalchemy import Connection, inspect

from tests.archive.conftest import NOW, Shelf
from tests.faults.sizes import FULL
from tests.support.key import KEY
from troth.archive.moving import MARKING, RELEASING, move
from troth.archive.rows import shapes, sums
from troth.archive.writing import head_of
from troth.errors import TrothError
from troth.store import marks
from troth.store.database import Database
from troth.store.vault import Vault

ACROSS = [("sqlite", "postgresql"), ("postgresql", "sqlite")]
ALIKE = [("sqlite", "sqlite"), ("postgresql", "postgresql")]
BETWEEN = pytest.mark.parametrize(
    ("store_url", "empty"), ACROSS + (ALIKE if FULL else []), indirect=True
)


def _die(act: str, where: str, db: Database, file: object, shelf: Shelf) -> None:
    key = shelf.folder / "dies.key"
    key.write_text("\n".join(str(one) for one in shelf.keys.secret))
    url = db.url.render_as_string(hide_password=False)
    db.close()  # what the test itself has open would count as at work on it
    command = [sys.executable, "-m", "tests.archive.dies", act, where, url, str(file), str(key)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_a_backup_that_is_killed_leaves_the_one_before(played: Database, shelf: Shelf):
    shelf.backup(played)
    before = shelf.file.read_bytes()
    _die("backup", "nudges", played, shelf.file, shelf)
    assert shelf.file.read_bytes() == before
    (draft,) = shelf.folder.glob(".backup.*")
    shelf.backup(played)
    assert not draft.exists()


@BETWEEN
@pytest.mark.parametrize("where", ["nudges", "ledger?"])
def test_a_restore_that_is_killed_leaves_an_empty_store(
    played: Database, empty: Database, shelf: Shelf, where: str
):
    written = shelf.backup(played)
    _die("restore", where, empty, shelf.file, shelf)
    with empty.reading() as conn:
        assert inspect(conn).get_table_names() == []
    assert shelf.restore(empty) == written


@BETWEEN
@pytest.mark.parametrize("where", ["nudges", "ledger?", MARKING, RELEASING])
def test_of_a_move_that_is_killed_one_store_goes_on_at_most(
    played: Database, empty: Database, shelf: Shelf, where: str
):
    with played.reading() as conn:
        before = sums(conn, shapes())
    url = empty.url.render_as_string(hide_password=False)
    _die("move", where, played, url, shelf)
    lives = [db for db in (played, empty) if _lives(db)]
    assert len(lives) == (0 if where == RELEASING else 1)
    if where == RELEASING:  # as the message says: the new store is whole, and only to be released
        with empty.writing() as conn:
            assert marks.release(conn)
        lives = [empty]
    else:
        assert lives == [played]
    with lives[0].reading() as conn:
        assert sums(conn, shapes()) == before
    if where in ("nudges", "ledger?"):
        move(played, empty, head_of(played, Vault(KEY), NOW))
        assert _lives(empty) and not _lives(played)


def _lives(db: Database) -> bool:
    """Whether a service over this store would send."""
    with db.reading() as conn:
        if not inspect(conn).get_table_names():
            return False
        return not _is_moved(conn) and not marks.doubt(conn).held


def _is_moved(conn: Connection) -> bool:
    try:
        marks.refuse_moved(conn)
    except TrothError:
        return True
    return False
