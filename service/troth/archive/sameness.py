"""Whether two URLs lead to one store: asked of the databases, for URLs know links and names."""

import secrets
from pathlib import Path

from sqlalchemy import text

from troth.errors import TrothError
from troth.store.database import Database


def refuse_same(source: Database, target: Database) -> None:
    """Raise TrothError where both are the same store, by whatever name."""
    if source.is_sqlite == target.is_sqlite and _is_same(source, target):
        raise TrothError("the store is there already; name another, empty database with --to")


def _is_same(source: Database, target: Database) -> bool:
    if source.is_sqlite:
        one, other = _file(source), _file(target)
        return one is not None and other is not None and one.samefile(other)
    return _sees_lock(source, target)


def _file(db: Database) -> Path | None:
    """Return the file as SQLite itself has it; None where it lies in memory."""
    with db.reading() as conn:
        listed = conn.exec_driver_sql("PRAGMA database_list").mappings()
        name = next(str(row["file"]) for row in listed if row["name"] == "main")
    return Path(name) if name else None


def _sees_lock(source: Database, target: Database) -> bool:
    """Whether a lock taken in one PostgreSQL database is in the way in the other.

    Such locks are of one database of one server, whatever host, socket or pooler leads there; this
    one is by a number that nobody else knows, and ends with its transaction.
    """
    key = {"key": secrets.randbits(63)}
    with source.writing() as held, target.writing() as asked:
        held.execute(text("SELECT pg_advisory_xact_lock(:key)"), key)
        return not asked.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), key).scalar_one()
