"""What happened between backup and loss is forgotten: it is nobody's miss, and may come again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.archive.conftest import Shelf
from tests.support.key import KEY
from tests.support.stage import EVENING, Stage, couple_file, on_stage
from troth.archive.writing import head_of
from troth.store import marks
from troth.store.database import Database
from troth.store.tables import nudges, occurrences
from troth.store.vault import Vault


@pytest.fixture
def before(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A couple with an evening to come at 21:30, of a window of four hours."""
    with _stage(sqlite_url, tmp_path / "before") as stage:
        stage.couple(couple_file(EVENING))
        yield stage


@contextmanager
def _stage(url: str, folder: Path) -> Iterator[Stage]:
    folder.mkdir()
    with on_stage(url, folder) as stage:
        yield stage


@contextmanager
def _after(before: Stage, shelf: Shelf) -> Iterator[Stage]:
    """The stage that goes on with the backup, at the moment at which the other was lost."""
    url = f"sqlite:///{shelf.folder / 'after.db'}"
    (shelf.folder / "after").mkdir()
    with on_stage(url, shelf.folder / "after", before.clock.now()) as stage:
        stage.close()
        (shelf.folder / "after.db").unlink()
        _restore(stage, shelf)
        stage._couple_id = before._couple_id
        stage.open()
        yield stage


def _restore(stage: Stage, shelf: Shelf) -> None:
    db = Database(stage.settings.store_url)
    shelf.restore(db, stage.clock.now())
    db.close()


def _backup(stage: Stage, shelf: Shelf) -> None:
    shelf.backup(stage.store.db, head_of(stage.store.db, Vault(KEY), stage.clock.now()))


def _read(stage: Stage) -> None:
    stage.ana.reads_all()
    stage.ben.reads_all()


def _release(stage: Stage) -> None:
    with stage.store.db.writing() as conn:
        marks.release(conn)


def test_an_answer_that_was_lost_is_no_miss(before: Stage, shelf: Shelf):
    before.wind("21:30")
    before.ana.expects("")
    before.ben.expects("")
    _backup(before, shelf)
    for actor in (before.ana, before.ben):
        actor.says("done we laughed")
    with _after(before, shelf) as after:
        _release(after)
        after.wind(hours=6)
        _read(after)
        with after.store.db.reading() as conn:
            stands = conn.execute(select(occurrences.c.state, occurrences.c.reason)).all()
        assert [tuple(row) for row in stands] == [("excused", "undelivered")]


def test_what_may_have_left_since_the_backup_is_marked_and_waits_for_release(
    before: Stage, shelf: Shelf
):
    _backup(before, shelf)
    before.wind("21:30")
    before.ana.expects("")
    before.ben.expects("")
    with _after(before, shelf) as after:
        _read(after)
        after.sleep(minutes=10)
        after.service.rounds.once()
        after.drain()
        after.ana.expects_nothing()
        _release(after)
        after.wind(minutes=1)
        after.ana.expects("")
        after.ben.expects("")
        with after.store.db.reading() as conn:
            assert set(conn.execute(select(nudges.c.repeated)).scalars()) == {True}


def test_what_falls_due_after_the_restore_is_as_ever(before: Stage, shelf: Shelf):
    _backup(before, shelf)
    with _after(before, shelf) as after:
        _release(after)
        after.wind("21:30")
        after.ana.expects("")
        after.ben.expects("")
        after.wind(hours=5)
        _read(after)
        with after.store.db.reading() as conn:
            assert conn.execute(select(occurrences.c.state)).scalars().all() == ["missed"]
            assert not any(conn.execute(select(nudges.c.repeated)).scalars())
