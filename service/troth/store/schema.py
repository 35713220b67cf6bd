"""The schema's version: brought up to date, or refused when it no longer serves this code.

A migration *expands* (processes of the version before go on reading and writing) or *contracts*
(they can't). The schema carries the oldest revision whose code it serves, so that a process of an
older version still starts after an expansion, and is refused after a contraction.
"""

import time
from functools import cache
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from troth.errors import TrothError
from troth.store import indexing, marks
from troth.store.database import Database

log = structlog.get_logger()

EXPANDS, CONTRACTS = "expands", "contracts"  # what a migration's `change` says
_LOCK = 0x7260_7468  # PostgreSQL advisory lock: one process migrates, the others wait
# Who waits for a table keeps all others waiting behind it. This is shorter than the second after
# which PostgreSQL ends a deadlock, so that the migration gives way, and never a writer.
_PATIENCE_MS = 400
_PAUSE_SECONDS = 0.4  # in which the writers that waited go on
_MOST_TRIES = 75  # a minute of it
_IN_THE_WAY = ("55P03", "40P01")  # SQLSTATE: no lock in time; a deadlock


class SchemaBehindError(TrothError):
    """The database was made by an older Troth."""


class SchemaNewerError(TrothError):
    """The database was made by a newer Troth."""


def migrate(db: Database) -> bool:
    """Bring the schema up to date in one transaction; return whether anything changed.

    Roles of the version before may run meanwhile, and wait for less than a second at a time; what
    takes long is built beside them afterwards. Raises TrothError when the database was made by a
    newer Troth that serves this one no more, or when no moment could be found in which to change
    the tables; nothing is changed then.
    """
    db.check()
    changed = _upgrade_in_a_free_moment(db)
    if not db.is_sqlite and _is_ours(db):
        indexing.finish(db)
    return changed


def take_turns(conn: Connection) -> None:
    """Wait until nobody else changes the schema, and keep others waiting."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def upgrade(conn: Connection, revision: str = "head") -> None:
    """Bring the schema up to a revision, within the caller's transaction."""
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, revision)
    marks.say_oldest_served(conn, oldest_served(revision))


def is_known(revision: str) -> bool:
    """Whether this code knows a revision."""
    return revision in _known()


def check_schema(db: Database) -> None:
    """Raise TrothError unless the schema is the one that this code knows, or a newer one that
    still serves it.
    """
    db.check()
    with db.reading() as conn:
        check_revision(conn)


def check_revision(conn: Connection) -> None:
    """Raise TrothError unless the schema that is read here serves this code; see check_schema."""
    current = refuse_strange(conn)
    if current is None or (is_known(current) and current != head()):
        raise SchemaBehindError("the database's schema is behind this Troth; run: troth migrate")


def head() -> str | None:
    """Return the newest revision that this code knows."""
    return _scripts().get_current_head()


def oldest_served(revision: str = "head") -> str:
    """Return the oldest revision whose code a schema of this code serves: the last contraction."""
    for script in _scripts().iterate_revisions(revision, "base"):  # from the newest
        if getattr(script.module, "change", CONTRACTS) == CONTRACTS:
            break
    return str(script.revision)


def refuse_strange(conn: Connection) -> str | None:
    """Return the schema's revision, None where there is none.

    Raises SchemaNewerError for a newer one that does not serve this code any more.
    """
    current = MigrationContext.configure(conn).get_current_revision()
    if current is None or is_known(current):
        return current
    oldest = marks.oldest_served(conn)
    if oldest is not None and is_known(oldest):
        return current
    raise SchemaNewerError(
        f"the database was made by a newer Troth (schema {current}, which serves none older than "
        f"{oldest or current}; this one knows up to {head()}); "
        "upgrade Troth, or put back the backup from before"
    )


def refuse_partly_known(conn: Connection) -> None:
    """Raise SchemaNewerError where a newer Troth has changed the schema, even if it serves this.

    Whoever takes all of a store along must know all that it holds.
    """
    current = refuse_strange(conn)
    if current is not None and not is_known(current):
        raise SchemaNewerError(
            f"the database was changed by a newer Troth (schema {current}, this one knows up to "
            f"{head()}) and may hold more than this one knows of; do this with the newer one"
        )


def _upgrade_in_a_free_moment(db: Database) -> bool:
    for tried in range(_MOST_TRIES):
        try:
            return _upgrade(db)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
                raise
        log.info("migration.waits", tried=tried + 1, most=_MOST_TRIES)
        time.sleep(_PAUSE_SECONDS)
    raise TrothError(
        "the tables are in use without a break, so the schema could not be changed; nothing was; "
        "end what holds them (a long query, a dump), and run again: troth migrate"
    )


def _upgrade(db: Database) -> bool:
    with db.writing() as conn:
        take_turns(conn)
        if not db.is_sqlite:
            conn.execute(text(f"SET LOCAL lock_timeout = {_PATIENCE_MS}"))
        current = refuse_strange(conn)
        if current == head() or (current is not None and not is_known(current)):
            return False
        if current is not None:
            marks.refuse_moved(conn)
        upgrade(conn)
        return True


def _is_ours(db: Database) -> bool:
    with db.reading() as conn:
        return MigrationContext.configure(conn).get_current_revision() == head()


@cache
def _known() -> frozenset[str]:
    return frozenset(str(script.revision) for script in _scripts().walk_revisions())


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
