"""Processes with all that they have started: looked at, and hit together."""

import os
from collections.abc import Iterator
from pathlib import Path


def family(pid: int) -> Iterator[int]:
    """A role's process and all that it has started, itself first."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in _read(task / "children").split():
            yield from family(int(child))


def signal_family(pid: int, number: int) -> None:
    """Send a signal to a role's process and to all that it has started."""
    for member in list(family(pid)):
        try:
            os.kill(member, number)
        except ProcessLookupError:
            continue


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it has ended meanwhile
        return ""
