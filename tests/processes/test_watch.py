"""Roles without pages are watched at an address of their own."""

import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.key import KEY
from tests.support.ports import free_port
from tests.support.process_family import family
from tests.support.processes import Process
from tests.support.stage import couple_file
from tests.support.until import until
from tests.telemetry.scraped import Scraped, scrape
from troth.bootstrap import Store, open_bell, open_scrape, open_store
from troth.delivery.courier import is_channel_url
from troth.domain.states import NudgePurpose
from troth.engine.apply import apply
from troth.engine.dispatch import dispatch
from troth.errors import TrothError
from troth.processes.watch_server import watching
from troth.schedules.load import load_schedules
from troth.settings import Settings, load_settings
from troth.store import channels, couples, nudges
from troth.telemetry.metrics import FOLDER
from troth.telemetry.worker_files import KINDS

Start = Callable[..., Process]
ONCE_A_YEAR = """
[rituals.wishes]
practice = "evening-check-in"
cron = "0 3 1 1 *"
"""
StartRole = Callable[..., tuple[Process, Callable[[], Scraped]]]


@pytest.fixture
def store(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with a couple in it, whose only ritual comes on New Year's night."""
    shutil.copy(migrated_file, tmp_path / "troth.db")
    url = f"sqlite:///{tmp_path / 'troth.db'}"
    store = open_store(Settings(data=tmp_path, database_url=url, secret_key=KEY))
    (tmp_path / "couple.toml").write_text(couple_file(ONCE_A_YEAR))
    found = load_schedules([tmp_path / "couple.toml"], is_channel_url)
    apply(store.db, store.vault, found.couples, [tmp_path], store.clock.now())
    yield store
    store.db.close()


@pytest.fixture
def start_role(store: Store, redis_url: str, start_troth: Start) -> StartRole:
    """Starts a role over that store; gives it with the function that scrapes it."""

    def start(*command: str, **more: str) -> tuple[Process, Callable[[], Scraped]]:
        port = free_port()
        env = {
            "TROTH_DATABASE_URL": store.settings.store_url,
            "TROTH_REDIS_URL": redis_url,
            "TROTH_WATCH": f"127.0.0.1:{port}",
        }
        process = start_troth(*command, **{**env, **more})
        process.wait_for_port(port, timeout=60)
        return process, lambda: scrape(f"http://127.0.0.1:{port}")

    return start


def say(store: Store, redis_url: str, number: int) -> None:
    """Let so many answers be due to a partner, in their inbox, and ring for them."""
    now = store.clock.now()
    with store.db.writing() as conn:
        couple = couples.load_couple(conn, couples.all_couples(conn)[0].id)
        partner = couple.partners[0].id
        channel = next(iter(channels.confirmed_channels(conn, [partner])[partner]))
        answer: dict[str, Any] = {"couple_id": couple.id, "partner_id": partner}
        answer |= {"occurrence_id": None}
        answer |= {"channel_id": channel, "purpose": NudgePurpose.ANSWER, "text": "noted"}
        answer |= {"due_at": now, "expires_at": now + timedelta(minutes=10)}
        nudges.plan_nudges(conn, store.vault, [answer] * number, now)
    with closing(open_bell(store.settings.model_copy(update={"redis_url": redis_url}))) as bell:
        assert dispatch(store.db, bell, now) == number


def test_a_watch_without_an_address_is_none(tmp_path: Path):
    store = open_store(Settings(data=tmp_path, secret_key=KEY))
    with watching(store, open_scrape(store)):
        assert "watch" not in {thread.name for thread in threading.enumerate()}
    store.db.close()


def test_an_address_that_is_taken_is_an_error_with_its_mend(start_troth: Start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        inbox = start_troth("inbox", TROTH_WATCH=address)
        assert inbox.wait(60) == 1
        assert f"can't listen on {address}: address already in use" in inbox.output
        assert "TROTH_WATCH" in inbox.output


@pytest.mark.parametrize("address", ["9187", "127.0.0.1", "::1:9187", "localhost:port"])
def test_an_address_that_is_none_is_an_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, address: str
):
    monkeypatch.setenv("TROTH_WATCH", address)
    with pytest.raises(TrothError, match="TROTH_WATCH"):
        load_settings()


@pytest.mark.timeout(300)  # four starts of processes, on whatever else the machine does
def test_a_worker_counts_for_all_its_processes_and_outlives_their_deaths(
    store: Store, redis_url: str, start_role: StartRole
):
    worker, told = start_role("worker", "--processes", "2", "--concurrency", "100")
    worker.wait_until(lambda: worker.output.count("worker.started") == 2, "two processes", 60)
    assert told()("troth_worker_processes") == 2
    victim = list(family(worker.pid))[1]
    folder = counts_in(victim)
    files = sorted(f"{kind}_{place}.db" for kind in KINDS for place in range(2))
    assert sorted(file.name for file in folder.iterdir()) == files

    def sent() -> float:
        return told()("troth_nudges_total", scheme="troth", outcome="sent")

    say(store, redis_url, 20)
    worker.wait_until(lambda: sent() == 20, "nudges that are told")
    assert told()("troth_nudge_lateness_seconds_count") == 20
    worker.wait_until(lambda: told()("troth_sends_in_hand") == 0, "empty hands")
    os.kill(victim, signal.SIGKILL)
    worker.wait_until(lambda: told()("troth_worker_deaths_total") == 1, "death that is told")
    worker.wait_until(lambda: worker.output.count("worker.started") == 3, "one more process", 60)
    assert sent() == 20
    say(store, redis_url, 20)
    worker.wait_until(lambda: sent() == 40, "as many again")
    assert sorted(file.name for file in folder.iterdir()) == files
    assert told()("troth_worker_processes") == 2
    worker.kill()  # who counted there ends soon, and leaves nothing
    until(lambda: not folder.exists(), seconds=60)


def counts_in(pid: int) -> Path:
    """The folder in which a process counts."""
    environment = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return Path(dict(line.partition("=")[::2] for line in environment)[FOLDER])
