"""Whose trouble it is where the store refuses: its own, because it is away, or that of the asked.

A driver calls both an operational error. Taken for one another, a row that can never be written
would stop all others for ever, or a store that is away would cost every row its moment.
"""

import sqlite3

from sqlalchemy.exc import DBAPIError

from troth.store.database import AWAY, READ_ONLY

_AWAY_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_PRIMARY = 0xFF  # of an extended code of SQLite
_CANCELED = "57014"  # by a timeout, or by hand
# Classes of SQLSTATE: no connection; no room, memory or place; shut down; the system below.
_AWAY_CLASSES = frozenset({"08", "53", "57", "58"})
_PASSING_CLASSES = frozenset({"40", "55"})  # a deadlock, a snapshot that is stale; a lock not had


def is_away(error: BaseException) -> bool:
    """Whether the store is away, locked or full, so that nothing can be written for a while."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, AWAY)
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return _code(error.orig) in _AWAY_CODES
    state = _state(error)
    if state is None:  # no server has said it
        return isinstance(error, AWAY)
    return state == READ_ONLY or (state[:2] in _AWAY_CLASSES and state != _CANCELED)


def is_passing(error: BaseException) -> bool:
    """Whether somebody else was in the way just then, so that the same may go well a moment on."""
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return _code(error.orig) == sqlite3.SQLITE_INTERRUPT
    state = _state(error)
    return state is not None and (state == _CANCELED or state[:2] in _PASSING_CLASSES)


def _code(error: sqlite3.Error) -> int | None:
    """Return SQLite's own code; what its driver alone says has none, such as of a damaged text."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def _state(error: DBAPIError) -> str | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state
