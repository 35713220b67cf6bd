"""Which versions of Troth are at work on one PostgreSQL database, as their connections say."""

from sqlalchemy import Connection, text

from troth.store.database import PROGRAM

_AT_WORK = """
    SELECT DISTINCT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, :program)
"""


def versions_at_work(conn: Connection) -> list[str]:
    """Return the versions of all processes that are connected, ours too; none on SQLite.

    A process to which PGAPPNAME gave another name is not seen.
    """
    if conn.dialect.name != "postgresql":
        return []
    program = f"{PROGRAM} "
    names = conn.execute(text(_AT_WORK), {"program": program}).scalars()
    return sorted(name.removeprefix(program) for name in names)
