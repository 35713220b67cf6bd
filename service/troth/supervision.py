"""A worker's processes: so many started, each started anew when it dies, all told to stop."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import structlog

from troth.errors import TrothError
from troth.metrics import Workers
from troth.metrics_folder import Prepare
from troth.signals import stop_signal

log = structlog.get_logger()

LOOK_SECONDS = 0.2
AGAIN_SECONDS = 1.0  # before a process that died is started anew: one that can't live must not spin


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
    running = [_Child(command, partial(prepare, place)) for place in range(processes)]
    while not stopping.is_set():
        for child in running:
            child.look()
        workers.alive = sum(child.process is not None for child in running)
        workers.deaths = sum(child.deaths for child in running)
        stopping.wait(LOOK_SECONDS)
    _stop(running, patience)


class _Child:
    def __init__(
        self, command: Sequence[str], prepare: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self._command = command
        self._prepare = prepare
        self.deaths = 0
        self._tried = float("-inf")
        self.process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start it; or anew when it has died, a moment later."""
        if self.process is not None and self.process.poll() is None:
            return
        if time.monotonic() - self._tried > AGAIN_SECONDS:
            self._bury()
            self._start()

    def _bury(self) -> None:
        if self.process is not None:
            log.error("worker.died", exit=self.process.returncode, pid=self.process.pid)
            self.process = None
            self.deaths += 1

    def _start(self) -> None:
        """Try to start it. A machine without memory or processes to spare may have some later."""
        self._tried = time.monotonic()
        try:
            env = {**os.environ, **self._prepare()}
            self.process = subprocess.Popen(self._command, env=env)  # noqa: S603 - our own program
        except OSError as error:
            log.error("worker.not_started", error=str(error))  # noqa: TRY400 - says all there is


def _command(at_once: int, *, threads: bool) -> list[str]:
    if not threads and importlib.util.find_spec("gevent") is None:
        raise TrothError(
            "a worker sends on greenlets, and gevent is not installed; install Troth with its "
            "cluster extra: pip install 'troth[cluster]', or use threads: troth worker --threads 50"
        )
    module, option = ("troth", "--threads") if threads else ("troth.greenlets", "--concurrency")
    ours = ["worker", option, str(at_once), "--supervisor", str(os.getpid())]
    return [sys.executable, "-m", module, *ours]


def _stop(running: Sequence[_Child], patience: float) -> None:
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
