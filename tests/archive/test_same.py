"""A store is not moved onto itself, by whatever name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.archive.conftest import NOW
from tests.support.key import KEY
from troth.archive.moving import move
from troth.archive.writing import head_of
from troth.errors import TrothError
from troth.store import marks, schema
from troth.store.database import Database
from troth.store.vault import Vault

SAME = "the store is there already; name another"


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    db = Database(url)
    db.check()
    yield db
    db.close()


def _refuses(url: str, other_url: str) -> None:
    with _opened(url) as source, _opened(other_url) as target:
        with pytest.raises(TrothError, match=SAME):
            move(source, target, head_of(source, Vault(KEY), NOW))
        with source.reading() as conn:
            marks.refuse_moved(conn)


@pytest.mark.timeout(60)  # seconds: what waits for itself waits for ever
def test_a_sqlite_file_is_known_by_any_link_and_path(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with _opened(sqlite_url) as db:
        schema.migrate(db)
        file = Path(db.url.database or "")
    monkeypatch.chdir(file.parent)
    (tmp_path / "link.db").symlink_to(file)
    os.link(file, tmp_path / "hard.db")
    for name in (file.name, tmp_path / "link.db", tmp_path / "hard.db"):
        _refuses(sqlite_url, f"sqlite:///{name}")
    _refuses(sqlite_url, f"sqlite:///file:{file}?uri=true")
    assert len({file.stat().st_ino, (tmp_path / "hard.db").stat().st_ino}) == 1


@pytest.mark.timeout(60)
def test_a_postgresql_database_is_known_by_any_name_of_its_server(
    postgres_url: str, tmp_path: Path
):
    with _opened(postgres_url) as db:
        schema.migrate(db)
    url = make_url(postgres_url)
    folder = str(url.query["host"])
    (tmp_path / "server").symlink_to(folder)
    other = url.set(query={"host": str(tmp_path / "server")})
    assert other != url
    _refuses(postgres_url, other.render_as_string(hide_password=False))
