"""Files that appear whole or not at all: written beside their place, seen on the disk, then named.

Whoever writes a draft holds a lock on it. One without a lock was left by who was killed, and the
next who writes the same file takes it away.
"""

import errno
import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
SUFFIX = ".draft"


@contextmanager
def drafted(file: Path, *, replace: bool = False) -> Iterator[IO[bytes]]:
    """Give what becomes `file`, for its owner's eyes only, once all of it is on the disk.

    Raises OSError where it can't be written; FileExistsError where it is there by then and may not
    be replaced. Nothing is left of it then.
    """
    _remove_forsaken(file)
    draft, stream = _new_draft(file)
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            _name(draft, file, replace=replace)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def _new_draft(file: Path) -> tuple[Path, IO[bytes]]:
    """Make a draft and lock it; another may have taken it for forsaken before it was locked."""
    while True:
        handle, name = tempfile.mkstemp(SUFFIX, f".{file.name}.", file.parent)  # mode 0600
        with suppress(OSError):  # where there are no locks, nobody takes a draft for forsaken
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return Path(name), os.fdopen(handle, "wb")
        os.close(handle)


def _remove_forsaken(file: Path) -> None:
    ours = re.compile(rf"\.{re.escape(file.name)}\.[a-z0-9_]{{8}}{re.escape(SUFFIX)}")
    with suppress(OSError):  # to tidy up is not what was asked for
        for draft in file.parent.iterdir():
            if ours.fullmatch(draft.name):
                _remove_unlocked(draft)


def _remove_unlocked(draft: Path) -> None:
    with suppress(OSError):
        handle = os.open(draft, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)  # a file of ours, if any
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.unlink()
        finally:
            os.close(handle)


def _name(draft: Path, file: Path, *, replace: bool) -> None:
    """Give the draft its name; whoever made a file of that name meanwhile keeps it."""
    if replace:
        draft.replace(file)
    else:
        _link(draft, file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _link(draft: Path, file: Path) -> None:
    """Give the draft its name where nothing has it; sticks and shares may know no links."""
    try:
        os.link(draft, file)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        draft.replace(file)
