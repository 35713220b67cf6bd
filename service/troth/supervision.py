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
from troth.notify import RollCall, has_answered, manager
from troth.signals import stop_signal

log = structlog.get_logger()

LOOK_SECONDS = 0.2
START_SECONDS = 60.0  # for a process to be up and at work
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
    running = {
        f"worker-{place + 1}": _Child(command, partial(prepare, place))
        for place in range(processes)
    }
    roll = RollCall(manager(), running, "delivering")
    while not stopping.is_set():
        _look_at(running, roll)
        workers.alive = sum(child.process is not None for child in running.values())
        workers.deaths = sum(child.deaths for child in running.values())
        stopping.wait(LOOK_SECONDS)
    roll.manager.stopping("finishing the sends in hand")
    _stop(list(running.values()), patience)


def _look_at(running: Mapping[str, "_Child"], roll: RollCall) -> None:
    """See to each process. While one hangs the service manager hears nothing of any."""
    for name, child in running.items():
        child.look()
        if child.has_answered():
            roll.turned(name)
        elif child.is_starting():
            roll.excused(name)


class _Child:
    def __init__(
        self, command: Sequence[str], prepare: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self._command = command
        self._prepare = prepare
        self.deaths = 0
        self._tried = float("-inf")
        self._answers: int | None = None  # the reading end of the pipe over which it answers
        self._was_heard = False
        self.process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start it; or anew when it has died, a moment later."""
        if self.process is not None and self.process.poll() is None:
            return
        if time.monotonic() - self._tried > AGAIN_SECONDS:
            self._bury()
            self._start()

    def has_answered(self) -> bool:
        """Return whether it has said since the last look that it works."""
        has = self._answers is not None and has_answered(self._answers)
        self._was_heard = self._was_heard or has
        return has

    def is_starting(self) -> bool:
        """Return whether it is dead or on its way up; that is the store's matter, or its own.

        It lasts START_SECONDS at the most: one that never answers hangs.
        """
        return not self._was_heard and time.monotonic() - self._tried < START_SECONDS

    def _bury(self) -> None:
        if self.process is not None:
            log.error("worker.died", exit=self.process.returncode, pid=self.process.pid)
            self.process = None
            self.deaths += 1
        if self._answers is not None:
            os.close(self._answers)
            self._answers = None

    def _start(self) -> None:
        """Try to start it. A machine without memory or processes to spare may have some later."""
        self._tried, self._was_heard = time.monotonic(), False
        try:
            self._answers, told = os.pipe()
        except OSError as error:
            log.error("worker.not_started", error=str(error))  # noqa: TRY400 - says all there is
            return
        os.set_blocking(self._answers, False)
        try:
            command = [*self._command, "--answers", str(told)]
            env = {**os.environ, **self._prepare()}
            self.process = subprocess.Popen(command, env=env, pass_fds=[told])  # noqa: S603 - our own
        except OSError as error:
            log.error("worker.not_started", error=str(error))  # noqa: TRY400 - says all there is
        finally:
            os.close(told)


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
