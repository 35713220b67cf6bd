"""A move takes everything, and leaves a store behind on which nobody works any more."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from tests.archive.conftest import NOW, Shelf, left_undone
from tests.cli.conftest import Run
from tests.support.key import KEY
from tests.support.processes import Process
from troth.archive.manifest import Manifest
from troth.archive.moving import move
from troth.archive.rows import shapes, sums
from troth.archive.writing import head_of
from troth.bootstrap import open_store, store_over
from troth.errors import TrothError
from troth.settings import load_settings
from troth.store import marks, schema
from troth.store.at_work import alone, at_work
from troth.store.database import Database
from troth.store.tables import positions
from troth.store.vault import Vault


def _move(old: Database, new: Database) -> Manifest:
    return move(old, new, head_of(old, Vault(KEY), NOW))


def test_a_move_takes_everything_and_ends_the_old_store(played: Database, empty: Database):
    with played.reading() as conn:
        before = sums(conn, shapes())
    assert _move(played, empty).sums == before
    with empty.reading() as conn:
        assert sums(conn, shapes()) == before
        assert marks.doubt(conn) == marks.Doubt()
    assert left_undone(empty) == ([], [])
    with pytest.raises(TrothError, match="was moved to"):
        open_store(load_settings(database_url=_url(played), secret_key=KEY))
    open_store(load_settings(database_url=_url(empty), secret_key=KEY)).db.close()


def test_whoever_has_the_old_store_open_writes_to_it_no_more(played: Database, empty: Database):
    _move(played, empty)
    with pytest.raises(DBAPIError, match="was moved"), played.writing() as conn:
        conn.execute(insert(positions).values(name="mailbox", position="1"))


def test_a_store_that_was_held_is_held_where_it_went(played: Database, empty: Database):
    with played.writing() as conn:
        marks.hold(conn, "restored from a backup")
    _move(played, empty)
    with empty.reading() as conn:
        assert marks.held(conn) == "restored from a backup"


def test_a_store_is_not_moved_onto_itself_or_onto_another(
    played: Database, empty: Database, tmp_path: Path
):
    same = Database(_url(played))
    with pytest.raises(TrothError, match="is there already"):
        _move(played, same)
    same.close()
    _move(played, empty)
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    _move(empty, other)  # and back
    with pytest.raises(TrothError, match="not empty"):
        _move(other, empty)
    other.close()


def test_a_store_at_work_is_not_moved(sqlite_url: str):
    db = Database(sqlite_url)
    with at_work(db), at_work(db), pytest.raises(TrothError, match="stop it first"), alone(db):
        pass
    with alone(db), pytest.raises(TrothError, match="being moved or restored"), at_work(db):
        pass
    db.close()


def test_a_store_at_work_is_known_by_any_link_to_it(sqlite_url: str, tmp_path: Path):
    db, link = Database(sqlite_url), tmp_path / "link.db"
    db.check()
    link.symlink_to(db.url.database or "")
    linked = Database(f"sqlite:///{link}")
    with at_work(db), pytest.raises(TrothError, match="stop it first"), alone(linked):
        pass
    db.close()
    linked.close()


def test_a_lock_that_can_not_be_written_is_named(sqlite_url: str):
    db = Database(sqlite_url)
    Path(f"{db.url.database}.at-work").mkdir()
    with pytest.raises(TrothError, match=r"\.at-work can't be written"), at_work(db):
        pass
    db.close()


def test_a_service_looks_at_a_store_only_once_nobody_moves_it(played: Database, tmp_path: Path):
    """A store that was opened before its move is never gone to work on."""
    if not played.is_sqlite:  # a move of the other knows who is connected
        return
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    _move(played, other)
    other.close()
    with at_work(played), pytest.raises(TrothError, match="was moved to"):
        store_over(played, load_settings(database_url=_url(played), secret_key=KEY))


def test_a_moved_store_is_not_brought_up_to_date(played: Database, empty: Database):
    _move(played, empty)
    with played.engine.begin() as conn:  # as if this code knew a schema that came after
        conn.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    with pytest.raises(TrothError, match="was moved to"):
        schema.migrate(played)


def test_what_a_newer_troth_has_changed_an_older_one_takes_nowhere(
    played: Database, empty: Database, shelf: Shelf
):
    """Although it may run on it: columns that it does not know would be left behind."""
    with played.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    schema.check_schema(played)
    with pytest.raises(TrothError, match="by a newer Troth"):
        _move(played, empty)
    with pytest.raises(TrothError, match="by a newer Troth"):
        shelf.backup(played)
    with played.reading() as conn:
        marks.refuse_moved(conn)


def test_a_postgresql_with_others_connected_is_not_moved(played: Database, empty: Database):
    if played.is_sqlite:
        return
    other = Database(_url(played))
    other.check()
    with pytest.raises(TrothError, match="others are connected"):
        _move(played, empty)
    other.close()


@pytest.mark.parametrize(
    ("role", "says"),
    [("up", "Troth is up"), ("web", "The pages are up"), ("inbox", "inbox.started")],
)
def test_a_service_that_runs_is_not_moved_and_one_that_ended_is(
    start_troth: Callable[..., Process], free_port: int, tmp_path: Path, role: str, says: str
):
    up = start_troth(role, TROTH_PORT=str(free_port))
    up.wait_for_line(says, timeout=60)
    to = f"sqlite:///{tmp_path / 'new.db'}"
    refused = start_troth("move", "--to", to)
    assert refused.wait(60) == 1
    assert "stop it first" in refused.output
    assert up.terminate() == 0
    moved = start_troth("move", "--to", to)
    assert moved.wait(60) == 0, moved.output
    again = start_troth(role, TROTH_PORT=str(free_port))
    assert again.wait(60) == 1
    assert "was moved to" in again.output


def test_commands_tell_what_to_do(troth: Run, home: Path, monkeypatch: pytest.MonkeyPatch):
    troth("init")
    assert troth("apply", "schedules").code == 0
    assert troth("backup", "file").is_one_clear_line("--new-key")
    made = troth("backup", "--new-key", "key")
    assert made.code == 0
    assert (home / "key").stat().st_mode & 0o777 == 0o600
    assert troth("backup", "--new-key", "key").is_one_clear_line("already", "name one")
    assert "SECRET" not in made.out
    written = troth("backup", "--key-file", "key", "file")
    assert "secret key, which is not in it" in written.out
    assert "every hash agrees" in troth("backup", "--verify", "--key-file", "key", "file").out
    assert troth("restore", "--key-file", "key", "file").is_one_clear_line("not empty")
    whole = troth("backup", "--key-file", "key", "--with-secret-key", "whole")
    assert whole.code == 0
    secret = load_settings().key_file
    lost = secret.rename(home / "lost.key")
    assert troth("restore", "--key-file", "key", "whole").is_one_clear_line("not empty")
    assert not secret.exists()  # for another key than that of what is there would be worse
    lost.rename(secret)
    monkeypatch.setenv("TROTH_DATABASE_URL", f"sqlite:///{home / 'new.db'}")
    assert "troth release" in troth("restore", "--key-file", "key", "file").out
    assert "held" in troth("doctor").out
    assert "leave again" in troth("release").out
    assert "was not held" in troth("release").out


def _url(db: Database) -> str:
    return db.url.render_as_string(hide_password=False)
