"""One process of a worker: started, heard of over a pipe, and started anew when it has died."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from troth.processes.notify import has_answered

log = structlog.get_logger()

START_SECONDS = 60.0  # for a process to be up and at work
AGAIN_SECONDS = 1.0  # before a process that died is started anew: one that can't live must not spin


class Child:
    """A process of a worker; `process` is None until it could be started, and while it is dead."""

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
