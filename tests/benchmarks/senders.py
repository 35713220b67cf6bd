"""Programs that wait, ready, until they are told to begin all at once."""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.benchmarks.scene import Scene
from tests.support.processes import Process

Program = Sequence[object]  # a module and its arguments


@contextmanager
def idle_senders(scene: Scene, programs: Sequence[Program]) -> Iterator[Mapping[str, Process]]:
    """Start modules that say `ready` and begin when their standard input closes."""
    started: dict[str, Process] = {}
    try:
        for number, program in enumerate(programs, 1):
            started[f"worker {number}"] = idle(program, scene.env)
        for process in started.values():
            process.wait_for_line("^ready", timeout=60)
        yield started
    finally:
        for process in started.values():
            process.kill()


def idle(program: Program, env: Mapping[str, str]) -> Process:
    """Start one such module."""
    command = [sys.executable, "-m", *map(str, program)]
    return Process(command, env, stdin=subprocess.PIPE)


def let_go(waiting: Iterable[Process]) -> float:
    """Let them begin; return when that was, in Unix seconds."""
    began = time.time()
    for process in waiting:
        stdin = process._popen.stdin
        assert stdin is not None
        stdin.close()
    return began
