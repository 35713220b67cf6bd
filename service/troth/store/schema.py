"""The schema's version: brought up to date, or refused when it is newer than the code."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from troth.errors import TrothError
from troth.store.database import Database

_LOCK = 0x7260_7468  # PostgreSQL advisory lock: one process migrates, the others wait


class SchemaBehindError(TrothError):
    """The database was made by an older Troth."""


class SchemaNewerError(TrothError):
    """The database was made by a newer Troth."""


def migrate(db: Database) -> bool:
    """Bring the schema up to date in one transaction; return whether anything changed.

    Raises TrothError when the database was made by a newer Troth, and changes nothing then.
    """
    db.check()
    with db.writing() as conn:
        take_turns(conn)
        if refuse_newer(conn) == head():
            return False
        upgrade(conn)
        return True


def take_turns(conn: Connection) -> None:
    """Wait until nobody else changes the schema, and keep others waiting."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def upgrade(conn: Connection, revision: str = "head") -> None:
    """Bring the schema up to a revision, within the caller's transaction."""
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, revision)


def is_known(revision: str) -> bool:
    """Whether this code knows a revision."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def check_schema(db: Database) -> None:
    """Raise TrothError unless the schema is the one that this code knows."""
    db.check()
    with db.reading() as conn:
        check_revision(conn)


def check_revision(conn: Connection) -> None:
    """Raise TrothError unless what is read here is the schema that this code knows."""
    if refuse_newer(conn) != head():
        raise SchemaBehindError("the database's schema is behind this Troth; run: troth migrate")


def head() -> str | None:
    """Return the newest revision that this code knows."""
    return _scripts().get_current_head()


def refuse_newer(conn: Connection) -> str | None:
    """Return the schema's revision, None where there is none; refuse one that this code lacks."""
    current = MigrationContext.configure(conn).get_current_revision()
    if current is not None and not is_known(current):
        raise SchemaNewerError(
            f"the database was made by a newer Troth (schema {current}, this one knows up to "
            f"{head()}); upgrade Troth, or put back the backup from before"
        )
    return current


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
