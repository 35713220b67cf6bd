"""Real processes: started, watched until they do what a test waits for, ended with the test."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import answers


class Process:
    """One running command; its output and errors are kept, line by line, as they come."""

    def __init__(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: int = subprocess.DEVNULL,
    ) -> None:
        self.command = [str(part) for part in command]
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._popen = subprocess.Popen(
            self.command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=dict(os.environ if env is None else env),
            cwd=cwd,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    def is_running(self) -> bool:
        return self._popen.poll() is None

    @property
    def output(self) -> str:
        """All that it said so far, on both streams."""
        with self._news:
            return "".join(self._lines)

    def wait_until(self, check: Callable[[], bool], what: str, timeout: float = 20) -> None:
        """Return once `check` holds. A process that ends first, or takes longer, fails the test."""
        deadline = time.monotonic() + timeout
        while not check():
            if self._popen.poll() is not None:
                self._reader.join(timeout=5)
                if check():
                    return
                raise AssertionError(
                    self._report(f"ended with {self._popen.returncode} before {what}")
                )
            if time.monotonic() > deadline:
                raise AssertionError(self._report(f"no {what} within {timeout:g} s"))
            with self._news:
                self._news.wait(0.02)

    def wait_for_line(self, pattern: str, timeout: float = 20) -> re.Match[str]:
        """The first match of `pattern` in what it says."""
        found: list[re.Match[str]] = []

        def said() -> bool:
            found.extend(re.finditer(pattern, self.output, re.MULTILINE))
            return bool(found)

        self.wait_until(said, f"line like {pattern!r}", timeout)
        return found[0]

    def wait_for_port(self, port: int, timeout: float = 20) -> None:
        """Return once it accepts connections on this loopback port."""
        self.wait_until(lambda: answers(port), f"answer on port {port}", timeout)

    def wait(self, timeout: float = 20) -> int:
        """Its exit code, once it has ended by itself and all its output is read."""
        try:
            code = self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(self._report(f"still running after {timeout:g} s")) from None
        self._reader.join(timeout=5)
        return code

    def send_signal(self, number: int) -> None:
        self._popen.send_signal(number)

    def terminate(self, timeout: float = 20) -> int:
        """Ask it to end (SIGTERM) and return its exit code."""
        self._popen.terminate()
        return self.wait(timeout)

    def hang_up(self, timeout: float = 20) -> int:
        """Close its standard input and return its exit code once that has ended it."""
        if self._popen.stdin is not None:
            self._popen.stdin.close()
        return self.wait(timeout)

    def kill(self) -> None:
        """End it at once, as a crash would (SIGKILL)."""
        self._popen.kill()
        self._popen.wait()
        self._reader.join(timeout=5)

    def _read(self) -> None:
        assert self._popen.stdout is not None
        with self._popen.stdout as lines:
            for line in lines:
                with self._news:
                    self._lines.append(line)
                    self._news.notify_all()

    def _report(self, what: str) -> str:
        return f"{' '.join(self.command)}: {what}. It said:\n{self.output or '(nothing)'}"


@contextmanager
def process_starter(defaults: Mapping[str, str] | None = None) -> Iterator[Callable[..., Process]]:
    """A function that starts commands; all that still run are killed at the end."""
    started: list[Process] = []

    def start(*command: str | Path, cwd: Path | None = None, **env: str) -> Process:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TROTH_")}
        everything = {**plain, "PYTHONUNBUFFERED": "1", **(defaults or {}), **env}
        process = Process(command, everything, cwd)
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()


TROTH: Sequence[str] = (sys.executable, "-m", "troth")
