"""A worker's processes: so many started, each started anew when it dies, all told to stop."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial

import structlog

from troth.errors import TrothError
from troth.processes.child import Child
from troth.processes.notify import RollCall, manager
from troth.processes.signals import stop_signal
from troth.telemetry.metrics import Workers
from troth.telemetry.worker_files import Prepare

log = structlog.get_logger()

LOOK_SECONDS = 0.2


def run(
    processes: int,
    at_once: int,
    *,
    threads: bool,
    patience: float,
    workers: Workers | None = None,
    prepare: Prepare = lambda _place: {},
) -> None:
    """Keep so many worker processes running until SIGTERM or SIGINT.

    They are then given `patience` seconds to finish what they have in hand. `workers` is kept up to
    date; `prepare` is asked before each start for what goes into the environment of that place.
    Raises TrothError when greenlets are asked for and gevent is not installed.
    """
    workers = workers or Workers()
    command = _command(at_once, threads=threads)
    stopping = stop_signal()
    log.info("worker.supervised", processes=processes, sends_at_once=at_once)
    running = {
        f"worker-{place + 1}": Child(command, partial(prepare, place)) for place in range(processes)
    }
    roll = RollCall(manager(), running, "delivering")
    while not stopping.is_set():
        _look_at(running, roll)
        workers.alive = sum(child.process is not None for child in running.values())
        workers.deaths = sum(child.deaths for child in running.values())
        stopping.wait(LOOK_SECONDS)
    roll.manager.stopping("finishing the sends in hand")
    _stop(list(running.values()), patience)


def _look_at(running: Mapping[str, Child], roll: RollCall) -> None:
    """See to each process. While one hangs the service manager hears nothing of any."""
    for name, child in running.items():
        child.look()
        if child.has_answered():
            roll.turned(name)
        elif child.is_starting():
            roll.excused(name)


def _command(at_once: int, *, threads: bool) -> list[str]:
    if not threads and importlib.util.find_spec("gevent") is None:
        raise TrothError(
            "a worker sends on greenlets, and gevent is not installed; install Troth with its "
            "cluster extra: pip install 'troth[cluster]', or use threads: troth worker --threads 50"
        )
    module, option = ("troth", "--threads") if threads else ("troth.greenlets", "--concurrency")
    ours = ["worker", option, str(at_once), "--supervisor", str(os.getpid())]
    return [sys.executable, "-m", module, *ours]


def _stop(running: Sequence[Child], patience: float) -> None:
    """Tell all, then wait for each; one that does not end is killed, and its leases end."""
    processes = [child.process for child in running if child.process is not None]
    for process in processes:
        process.send_signal(signal.SIGTERM)
    ends = time.monotonic() + patience
    for process in processes:
        try:
            process.wait(max(0.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("worker.killed", pid=process.pid)
            process.kill()
            process.wait()
