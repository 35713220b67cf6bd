"""Troth itself: its real roles as processes, over couples that were really applied."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from tests.benchmarks.couples import coming_minute, due_at, opened, planned, sent
from tests.benchmarks.progress import progress
from tests.benchmarks.result import Result
from tests.benchmarks.scene import Scene, Watch
from tests.support.key import KEY
from tests.support.ports import free_port
from tests.support.processes import TROTH, Process
from troth.clock import SystemClock

BEFORE = timedelta(seconds=1)  # of the due moment the waiting ends, in which nothing is done
RECORDED = 30  # seconds that a worker may take to write down the last of what it sent


def run(scene: Scene, prepared: str, nudges: int, *, wait: bool) -> Result:
    """One burst: the nudges of a copy of the prepared database, all due in one minute.

    Without `wait` that minute is the one that runs, and lateness tells nothing.
    """
    with scene.postgres.database(prepared) as url:
        scene.redis.flush()
        with _roles(scene, url) as roles:
            watch = Watch.begin(scene, roles, url)
            now = SystemClock().now()
            notice = timedelta(seconds=5 + nudges / 500)  # time to plan ahead in
            due = coming_minute(now, notice) if wait else now.replace(second=0, microsecond=0)
            return _burst(watch, url, nudges, due)


def _burst(watch: Watch, url: str, nudges: int, due: datetime) -> Result:
    due_at(url, due)
    progress(f"troth: {nudges} nudges due at {due:%H:%M} UTC")
    _wait_until_planned(url, nudges)
    watch = watch.leaving_out(lambda: _sleep_until(due - BEFORE))
    watch.scene.wait_for_arrivals(nudges, due.timestamp())
    _wait_until_recorded(url, nudges)
    return watch.end("troth", nudges, due.timestamp())


def _wait_until_planned(url: str, nudges: int) -> None:
    with opened(url) as store:
        while planned(store) < nudges:
            time.sleep(0.25)


def _sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - SystemClock().now()).total_seconds()))


def _wait_until_recorded(url: str, nudges: int) -> None:
    deadline = time.monotonic() + RECORDED
    with opened(url) as store:
        while (known := sent(store)) < nudges and time.monotonic() < deadline:
            time.sleep(0.25)
    progress(f"troth: {known} of {nudges} recorded as sent")


@contextmanager
def _roles(scene: Scene, url: str) -> Iterator[Mapping[str, Process]]:
    env = {
        **scene.env,
        "TROTH_DATABASE_URL": url,
        "TROTH_REDIS_URL": scene.redis.url,
        "TROTH_SECRET_KEY": KEY,
        "TROTH_DATA": str(scene.folder / "data"),
        "TROTH_LOG_FORMAT": "json",
        "TROTH_PORT": str(free_port()),
    }
    roles: dict[str, Process] = {}
    try:
        for role, (command, more) in _commands(scene).items():
            roles[role] = Process([*TROTH, command], {**env, **more})
        for process in roles.values():
            process.wait_for_line("started|The pages are up", timeout=60)
        yield roles
    finally:
        for process in roles.values():
            process.kill()


def _commands(scene: Scene) -> dict[str, tuple[str, dict[str, str]]]:
    """Each role's command and settings. One provider gets half of a worker's places."""
    places = {"PROCESSES": scene.processes, "CONCURRENCY": 2 * scene.concurrency}
    worker = {f"TROTH_{name}": str(value) for name, value in places.items()}
    return {"clock": ("clock", {}), "web": ("web", {}), "worker": ("worker", worker)}
