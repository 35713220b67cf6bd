"""One act upon a store in a process of its own, so that its memory is nobody else's.

    python -m tests.benchmarks.acts troth backup --json FILE
    python -m tests.benchmarks.acts sqlite-backup STORE FILE

The last line on stdout is what it took. Importing is not timed, for that is the same at any size.
"""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from tests.benchmarks.measure import cost
from troth.cli.main import app
from troth.logs import set_up_logs

LEVEL = 6  # what both gzip and pg_dump take by themselves
CHUNK = 1 << 20


@dataclass(frozen=True)
class Took:
    """Seconds, and the highest resident memory in MB; None where it was not looked at."""

    seconds: float
    peak_mb: float | None


def act(arguments: Sequence[str | Path], env: Mapping[str, str] | None = None) -> tuple[str, Took]:
    """Run one in a process of its own; return what it said, and what it took."""
    command = [sys.executable, "-m", "tests.benchmarks.acts", *map(str, arguments)]
    said, took = _output(command, env).rstrip().rsplit("\n", 1)
    return said, Took(**json.loads(took))


def program(command: Sequence[str | Path]) -> Took:
    """Run a program that is not ours."""
    began = time.monotonic()
    _output([str(part) for part in command], None)
    return Took(time.monotonic() - began, None)


def _output(command: Sequence[str], env: Mapping[str, str] | None) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **(env or {})}
    )
    if done.returncode:
        raise SystemExit(f"backup: {' '.join(command)} failed: {done.stderr}")
    return done.stdout


def main(name: str, *arguments: str) -> None:
    began = time.monotonic()
    match name:
        case "troth":
            set_up_logs("console", "warning")  # as the command does
            app(arguments, standalone_mode=False)
        case "sqlite-backup":
            _backup(*map(Path, arguments))
        case "sqlite-restore":
            _restore(*map(Path, arguments))
    seconds = time.monotonic() - began
    took = Took(seconds, cost([os.getpid()]).peak_mb)
    print(f"\n{json.dumps(asdict(took))}")  # noqa: T201


def _backup(store: Path, file: Path) -> None:
    """The database's own copy while others write, then compressed."""
    copy = file.with_suffix(".copy")
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    with copy.open("rb") as plain, file.open("wb") as raw:
        with gzip.open(raw, "wb", LEVEL) as packed:
            shutil.copyfileobj(plain, packed, CHUNK)
        _reach_disk(raw)
    copy.unlink()


def _restore(file: Path, store: Path) -> None:
    with gzip.open(file) as packed, store.open("wb") as plain:
        shutil.copyfileobj(packed, plain, CHUNK)
        _reach_disk(plain)


def _reach_disk(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
