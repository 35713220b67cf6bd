"""What may be wrong around Troth: one clear line, a non-zero exit, and no traceback."""

import os
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.support.processes import Process
from troth.cli import running
from troth.processes import roles, supervision
from troth.store.database import Database


def test_a_taken_port_is_named(start_troth: Callable[..., Process], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start_troth("up", "--demo", TROTH_PORT=port, TROTH_DATA=str(tmp_path))
        assert process.wait(timeout=30) == 1
    assert port in process.output
    assert "TROTH_PORT" in process.output
    assert len(process.output.strip().splitlines()) == 1


def test_a_database_newer_than_the_code_is_refused_and_left_alone(troth: Run, home: Path) -> None:
    assert troth("migrate").code == 0
    file = home.parent / "data" / "troth.db"
    with sqlite3.connect(file) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.execute("UPDATE positions SET position = '9998' WHERE name = 'troth.serves'")
    db.close()
    before = _dump(file)
    for command in (["migrate"], ["score"], ["up"]):
        assert troth(*command).is_one_clear_line("newer Troth", "upgrade"), command
    assert _dump(file) == before


def _dump(file: Path) -> list[str]:
    db = sqlite3.connect(file)
    try:
        return list(db.iterdump())
    finally:
        db.close()


def test_a_data_folder_that_can_not_be_made_is_named(
    troth: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("in the way")
    monkeypatch.setenv("TROTH_DATA", str(home / "file" / "data"))
    assert troth("migrate").is_one_clear_line("data folder", "TROTH_DATA")


def test_a_read_only_database_is_named(troth: Run, home: Path) -> None:
    folder = home / "read-only"
    folder.mkdir()
    url = f"sqlite:///file:{folder / 'troth.db'}?mode=ro&uri=true"
    os.environ["TROTH_DATABASE_URL"] = url
    try:
        assert troth("score").is_one_clear_line("database", "TROTH_DATABASE_URL")
    finally:
        del os.environ["TROTH_DATABASE_URL"]


def test_a_lost_key_is_named_and_no_new_one_made(troth: Run, home: Path) -> None:
    troth("init")
    assert troth("apply", "schedules").code == 0
    key = home.parent / "data.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    assert troth("score").is_one_clear_line("key", "TROTH_SECRET_KEY")
    assert not key.exists()


def test_another_key_is_named(troth: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    troth("init")
    troth("apply", "schedules")
    monkeypatch.setenv("TROTH_SECRET_KEY", "x" * 40)
    result = troth("doctor")
    assert result.code == 1
    assert "TROTH_SECRET_KEY" in result.out


def test_a_short_key_is_refused(troth: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_SECRET_KEY", "short")
    result = troth("score")
    assert result.is_one_clear_line("32 characters")
    assert "short" not in result.err


def test_a_misspelt_setting_is_named(troth: Run, home: Path) -> None:
    (home / "troth.toml").write_text("prot = 9000\n")
    assert troth("score").is_one_clear_line("prot", "'port'")


def test_a_settings_file_that_is_not_toml_is_named(troth: Run, home: Path) -> None:
    (home / "troth.toml").write_text("port 9000\n")
    assert troth("score").is_one_clear_line("troth.toml")


def test_an_unreachable_postgresql_is_named(troth: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_DATABASE_URL", "postgresql://troth:hunter2@127.0.0.1:1/troth")
    result = troth("score")
    assert result.is_one_clear_line("127.0.0.1", "TROTH_DATABASE_URL")
    assert "hunter2" not in result.err


def test_an_unreachable_redis_is_named(troth: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_REDIS_URL", "redis://:hunter2@127.0.0.1:1/0")
    result = troth("clock")
    assert result.is_one_clear_line("TROTH_REDIS_URL")
    assert "hunter2" not in result.err


def test_a_role_without_a_doorbell_says_what_is_missing(troth: Run) -> None:
    assert troth("worker").is_one_clear_line("TROTH_REDIS_URL", "troth up")


def test_a_worker_that_could_not_work_says_so_once_and_ends(
    troth: Run, monkeypatch: pytest.MonkeyPatch, postgres_url: str, redis_url: str
) -> None:
    monkeypatch.setenv("TROTH_REDIS_URL", redis_url)
    monkeypatch.setenv("TROTH_DATABASE_URL", postgres_url)
    assert troth("worker").is_one_clear_line("schema", "troth migrate")


def test_who_supervises_a_worker_wires_nothing_that_sends(
    troth: Run, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(supervision, "run", lambda *_, **how: told.update(how))
    monkeypatch.setattr(running, "build", None)
    monkeypatch.setenv("TROTH_REDIS_URL", redis_url)
    assert troth("worker", "--threads", 4).code == 0
    assert (told["threads"], told["patience"]) == (True, roles.STOP_SECONDS)
    assert told["prepare"](0) == {}  # nobody watches, so its processes count in no files


def test_a_worker_without_a_redis_says_so_once_and_ends(
    troth: Run, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    monkeypatch.setenv("TROTH_REDIS_URL", f"redis://:hunter2@127.0.0.1:{free_port}/0")
    assert troth("worker").is_one_clear_line("TROTH_REDIS_URL", "does not answer")


def test_the_pool_of_an_opened_store_is_closed(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    db.check()
    db.close()
    assert db.engine.pool.checkedin() == 0  # type: ignore[attr-defined] # QueuePool has it
