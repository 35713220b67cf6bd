"""Who is at work on an embedded store: a lock beside its file, which ends with its process.

SQLite's own locks last for a transaction; whoever moves or restores a store must know of a service
that only sleeps. PostgreSQL knows its clients by itself.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from troth.errors import TrothError, cause_of
from troth.store.database import Database


@contextmanager
def at_work(db: Database) -> Iterator[None]:
    """Be at work on a store, beside any others.

    Raises TrothError while it is being moved or restored. Whoever goes to work does so first, and
    looks at what the store is only then.
    """
    busy = "the store is just being moved or restored; wait for the end of that"
    with _locked(db, fcntl.LOCK_SH, busy):
        yield


@contextmanager
def alone(db: Database) -> Iterator[None]:
    """Have an embedded store for oneself; raises TrothError while a service is at work on it."""
    busy = "a service is at work on the store; stop it first (troth up, clock, worker, web, inbox)"
    with _locked(db, fcntl.LOCK_EX, busy):
        yield


@contextmanager
def _locked(db: Database, kind: int, busy: str) -> Iterator[None]:
    with ExitStack() as stack:
        file = _beside(db)
        if file is not None:
            stream = stack.enter_context(_opened(file, db))
            try:
                fcntl.flock(stream, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                raise TrothError(busy) from None
        yield


def _opened(file: Path, db: Database) -> IO[str]:
    try:
        # No link is followed and nothing emptied: in a folder of several, another may have put it.
        return os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+")
    except OSError as error:
        db.check()  # says what is wrong with the store itself
        raise TrothError(
            f"the lock {file} can't be written: {cause_of(error)}; "
            "give it to whoever runs Troth, or delete it while nobody does"
        ) from error


def _beside(db: Database) -> Path | None:
    """The lock's file. The store's own is never opened: closing it would end SQLite's locks."""
    if not db.is_sqlite or not db.url.database or db.url.database.startswith((":", "file:")):
        return None
    # By whatever link the store is named, it is the same one.
    return Path(f"{Path(db.url.database).resolve()}.at-work")
