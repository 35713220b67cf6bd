"""Folders of servers that tests start: each held by whoever made it, and swept once nobody does.

A test run that is killed deletes nothing. Its hold on its folders ends all the same, for the kernel
lets a dead process's locks go; a number of a process, written down, may by then be another's.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

PREFIX = "troth-"
HELD = ".held-by-the-tests"
MEMORY, DISK = Path("/dev/shm"), Path("/tmp")
ROOM = 2 * 2**30  # bytes: many databases at once, and two such servers or three


class Folder:
    """A new folder, and the lock that says that it is in use until `remove`."""

    def __init__(self, prefix: str = PREFIX, base: Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=base or short_and_fast()))
        new = self.path / f"{HELD}.new"
        self._lock = os.open(new, os.O_CREAT | os.O_RDWR)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        new.rename(self.path / HELD)  # locked before a sweep may see it

    def remove(self, *, ignore_errors: bool = False) -> None:
        """Delete it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=ignore_errors)
        os.close(self._lock)


def sweep(bases: Iterable[Path] = (MEMORY, DISK)) -> list[Path]:
    """Delete the folders whose makers are gone; return them. One without a lock is left alone."""
    left = [file.parent for base in bases for file in base.glob(f"{PREFIX}*/{HELD}")]
    return [folder for folder in left if _swept(folder)]


def _swept(folder: Path) -> bool:
    try:
        lock = os.open(folder / HELD, os.O_RDWR)
    except OSError:  # somebody else's, or swept by another worker meanwhile
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(lock)


def short_and_fast() -> Path:
    """Where there is enough memory, that: it makes a new database in 15 ms, a disk in 300.

    Never pytest's own folder: the path of a unix socket may have no more than 107 characters.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else DISK
