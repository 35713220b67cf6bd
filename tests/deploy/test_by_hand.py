"""What the units start, without systemd: the same commands tell a real socket how they are."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.units import command
from tests.faults import roles
from tests.faults.sizes import FULL
from tests.support.key import KEY
from tests.support.ports import answers
from tests.support.process_family import family
from tests.support.processes import Process
from tests.support.servers import PostgreSQL
from tests.support.service_manager import Ear, listening_at
from troth.bootstrap import open_store
from troth.settings import load_settings

Start = Callable[..., Process]
SILENCE = 2.5  # seconds: what turns does so every second


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with listening_at(tmp_path / "notify") as ear:
        yield ear


@pytest.fixture
def start(start_process: Start, ear: Ear, tmp_path: Path) -> Start:
    """Starts what a unit starts, told of the ear."""
    settings = {
        "TROTH_DATA": str(tmp_path / "data"),
        "TROTH_SECRET_KEY": KEY,
        **roles.SETTINGS,
        **ear.environment,
    }
    return lambda unit, port=0, **env: start_process(*command(unit, str(port)), **settings, **env)


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def beats_go_on(ear: Ear) -> None:
    ear.wait_for("WATCHDOG", ear.count("WATCHDOG") + 2)


def ends_well(process: Process, ear: Ear) -> None:
    assert process.terminate() == 0, process.output
    assert ear.heard[-1].get("STOPPING") == "1"


def test_the_service_is_ready_after_its_migration_and_silent_while_it_hangs(
    start: Start, ear: Ear, free_port: int, tmp_path: Path
):
    process = start("troth.service", TROTH_PORT=str(free_port))
    ear.wait_for("READY")
    assert answers(free_port)
    open_store(load_settings(data=tmp_path / "data", secret_key=KEY), migrate=False).db.close()
    beats_go_on(ear)
    with standing_still(process.pid):
        ear.is_silent_for(0.2)  # what it had said before
        assert ear.is_silent_for(SILENCE)
    beats_go_on(ear)
    ends_well(process, ear)


def test_a_worker_beats_while_its_processes_answer_and_starts_the_dead_anew(
    start: Start, ear: Ear, postgres_url: str, redis_url: str
):
    open_store(load_settings(database_url=postgres_url, secret_key=KEY), migrate=True).db.close()
    process = start(
        "troth-worker.service", TROTH_DATABASE_URL=postgres_url, TROTH_REDIS_URL=redis_url
    )
    ear.wait_for("READY")
    (child,) = [pid for pid in family(process.pid) if pid != process.pid]
    assert b"NOTIFY_SOCKET" not in Path(f"/proc/{child}/environ").read_bytes()
    beats_go_on(ear)
    with standing_still(child):
        ear.is_silent_for(0.5)
        assert ear.is_silent_for(SILENCE)
    beats_go_on(ear)
    os.kill(child, signal.SIGKILL)
    beats_go_on(ear)
    ends_well(process, ear)


def test_the_pages_are_ready_once_they_can_be_opened(
    start: Start, ear: Ear, free_port: int, tmp_path: Path
):
    process = start("troth-web@.service", free_port)
    ear.wait_for("READY")
    assert answers(free_port)
    beats_go_on(ear)
    ends_well(process, ear)


if FULL:  # for to start a database and to wait for a clock that waits takes long

    def test_a_clock_whose_database_is_down_beats_on(start: Start, ear: Ear, redis_url: str):
        with PostgreSQL.running() as server, server.database() as url:
            settings = load_settings(database_url=url, secret_key=KEY)
            open_store(settings, migrate=True).db.close()
            process = start(
                "troth-clock@.service", TROTH_DATABASE_URL=url, TROTH_REDIS_URL=redis_url
            )
            ear.wait_for("READY")
            server.stop()
            ear.wait_for("WATCHDOG", ear.count("WATCHDOG") + 5, timeout=60)
            server.start()
            beats_go_on(ear)
            ends_well(process, ear)

    def test_the_inbox_is_ready_once_it_listens(start: Start, ear: Ear):
        process = start("troth-inbox.service")
        ear.wait_for("READY")
        beats_go_on(ear)
        ends_well(process, ear)
