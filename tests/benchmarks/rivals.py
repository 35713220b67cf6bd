"""The baselines with a queue and a database: Celery, tuned and plain, and Dramatiq as it comes."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.benchmarks.jobs import BROKER, DATABASE, PLAIN, done, lay_out
from tests.benchmarks.progress import progress
from tests.benchmarks.result import Result
from tests.benchmarks.scene import Scene, Watch
from tests.benchmarks.senders import idle, let_go
from tests.support.processes import Process

READY = r"ready$"  # Celery writes a time before it
RECORDED = 30  # seconds for the last rows to be written
DRAMATIQ_PROCESSES, DRAMATIQ_THREADS = 2, 8


@dataclass(frozen=True)
class Rival:
    """A queue, how its jobs send, and whether in one process or in as many as Troth has."""

    name: str
    queue: str
    plain: bool
    alone: bool = False


RIVALS = {
    rival.name: rival
    for rival in (
        Rival("celery", "celery", plain=False, alone=True),
        Rival("celery-cores", "celery", plain=False),
        Rival("celery-plain", "celery", plain=True, alone=True),
        Rival("celery-plain-cores", "celery", plain=True),
        Rival("dramatiq", "dramatiq", plain=True),
    )
}


def run(scene: Scene, rival: Rival, nudges: int) -> Result:
    """One burst: every job enqueued as fast as one producer can, from the due moment on."""
    scene.redis.flush()
    with scene.postgres.database() as url:
        lay_out(scene, url, nudges)
        with _roles(scene, rival, url, nudges) as roles:
            watch = Watch.begin(scene, roles, url)
            progress(f"{rival.name}: {nudges} jobs")
            due = let_go([roles["producer"]])
            scene.wait_for_arrivals(nudges, due)
            _wait_until_recorded(url, nudges)
            return watch.end(rival.name, nudges, due)


def _wait_until_recorded(url: str, nudges: int) -> None:
    deadline = time.monotonic() + RECORDED
    while done(url) < nudges and time.monotonic() < deadline:
        time.sleep(0.25)


@contextmanager
def _roles(scene: Scene, rival: Rival, url: str, nudges: int) -> Iterator[Mapping[str, Process]]:
    broker, plain = scene.redis.url, str(int(rival.plain))
    env = {**scene.env, DATABASE: url, BROKER: broker, PLAIN: plain}
    roles: dict[str, Process] = {}
    try:
        producer = [f"tests.benchmarks.{rival.queue}_jobs", nudges]
        for role, command, ready in _workers(scene, rival):
            roles[role] = Process([sys.executable, "-m", *command], env)
            roles[role].wait_for_line(ready, timeout=60)
        roles["producer"] = idle(producer, env)
        roles["producer"].wait_for_line(READY, timeout=60)
        yield roles
    finally:
        for process in reversed(list(roles.values())):
            _end(process)


def _end(process: Process) -> None:
    """Ask first: Dramatiq's master takes its workers along only when it is asked."""
    try:
        if process._popen.poll() is None:
            process.terminate(timeout=15)
    except AssertionError:
        process.kill()


def _workers(scene: Scene, rival: Rival) -> list[tuple[str, list[str], str]]:
    """Role, module with arguments, and the line that says it is ready."""
    if rival.queue == "dramatiq":
        sizes = [f"--processes={DRAMATIQ_PROCESSES}", f"--threads={DRAMATIQ_THREADS}"]
        command = ["dramatiq", "tests.benchmarks.dramatiq_jobs", *sizes]
        ready = "(?s)" + ".*ready for action" * DRAMATIQ_PROCESSES
        return [("worker", command, ready)]
    greenlets = ["--pool=gevent", f"--concurrency={scene.concurrency}", "--loglevel=WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    app = ["celery", "--app=tests.benchmarks.celery_jobs", "worker", *greenlets, *quiet]
    return [
        (f"worker {number}", [*app, f"--hostname=worker{number}@%h"], READY)
        for number in range(1, (1 if rival.alone else scene.processes) + 1)
    ]
