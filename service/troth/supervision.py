"""A worker's processes: so many started, each started anew when it dies, all told to stop."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import structlog

from troth.errors import TrothError
from troth.signals import stop_signal

log = structlog.get_logger()

LOOK_SECONDS = 0.2
AGAIN_SECONDS = 1.0  # before a process that died is started anew: one that can't live must not spin
STOP_SECONDS = 100.0  # longer than a process takes to finish what it has in hand


def run(processes: int, at_once: int, *, threads: bool) -> None:
    """Keep so many worker processes running until SIGTERM or SIGINT.

    Raises TrothError when greenlets are asked for and gevent is not installed.
    """
    command = _command(at_once, threads=threads)
    stopping = stop_signal()
    log.info("worker.supervised", processes=processes, sends_at_once=at_once)
    running = [_Child(command) for _ in range(processes)]
    while not stopping.wait(LOOK_SECONDS):
        for child in running:
            child.look()
    _stop(running)


class _Child:
    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._start()

    def look(self) -> None:
        """Start it anew when it has died, a moment later."""
        if self.process.poll() is None:
            return
        if time.monotonic() - self._started > AGAIN_SECONDS:
            log.error("worker.died", exit=self.process.returncode, pid=self.process.pid)
            self._start()

    def _start(self) -> None:
        self._started = time.monotonic()
        self.process = subprocess.Popen(self._command)  # noqa: S603 - our own program


def _command(at_once: int, *, threads: bool) -> list[str]:
    if not threads and importlib.util.find_spec("gevent") is None:
        raise TrothError(
            "a worker sends on greenlets, and gevent is not installed; install Troth with its "
            "cluster extra: pip install 'troth[cluster]', or use threads: troth worker --threads 50"
        )
    module, option = ("troth", "--threads") if threads else ("troth.greenlets", "--concurrency")
    ours = ["worker", option, str(at_once), "--supervisor", str(os.getpid())]
    return [sys.executable, "-m", module, *ours]


def _stop(running: Sequence[_Child]) -> None:
    """Tell all, then wait for each; one that does not end is killed, and its leases end."""
    for child in running:
        child.process.send_signal(signal.SIGTERM)
    ends = time.monotonic() + STOP_SECONDS
    for child in running:
        try:
            child.process.wait(max(0.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("worker.killed", pid=child.process.pid)
            child.process.kill()
            child.process.wait()
