"""What a migration leaves for afterwards on PostgreSQL: indexes of tables that were there, checks.

Both read whole tables. Done within the migration they would stop every writer for as long as that
takes; done here they stop nobody, and may break off at any moment: the next run goes on.
"""

import time

import structlog
from sqlalchemy import Connection, Index, text
from sqlalchemy.schema import CreateIndex, DropIndex

from troth.store.database import Database
from troth.store.tables import metadata

log = structlog.get_logger()

_LOCK = 0x7260_7469  # PostgreSQL advisory lock: one process builds, the others wait for it
_PAUSE_SECONDS = 0.5  # between looks whether that one is done

_SOUND_INDEXES = """
    SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indisvalid AND relnamespace = current_schema()::regnamespace
"""
_UNCHECKED = """
    SELECT conrelid::regclass::text AS of_table, quote_ident(conname) AS name FROM pg_constraint
    WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
"""


def finish(db: Database) -> None:
    """Build every index that is not there yet, and check what was not checked yet.

    When this returns all of it is done: where another process builds, that one is waited for, and
    what it leaves undone is done here.
    """
    engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        _take_turn(conn)
        try:
            for index in _missing(conn):
                _build(conn, index)
            _check(conn)
        finally:
            conn.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})


def _take_turn(conn: Connection) -> None:
    """Wait until nobody else builds, by looking again and again.

    A statement that waited for the lock would be one that is at work, and for those a build waits.
    """
    ours = text("SELECT pg_try_advisory_lock(:lock)")
    is_told = False
    while not conn.execute(ours, {"lock": _LOCK}).scalar():
        if not is_told:
            log.warning("schema.built_by_another", mend="wait; should it hang, end its process")
            is_told = True
        time.sleep(_PAUSE_SECONDS)


def _missing(conn: Connection) -> list[Index]:
    sound = set(conn.execute(text(_SOUND_INDEXES)).scalars())
    ours = (index for table in metadata.sorted_tables for index in table.indexes)
    return [index for index in ours if index.name not in sound]


def _build(conn: Connection, index: Index) -> None:
    """Build one, after what a run that broke off has left of it is gone."""
    log.info("index.building", index=index.name)
    drop = str(DropIndex(index, if_exists=True).compile(conn))
    make = str(CreateIndex(index).compile(conn))
    conn.execute(text(drop.replace("DROP INDEX", "DROP INDEX CONCURRENTLY", 1)))
    conn.execute(text(make.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY", 1)))
    log.info("index.built", index=index.name)


def _check(conn: Connection) -> None:
    for row in conn.execute(text(_UNCHECKED)).all():
        log.info("constraint.checking", constraint=row.name)
        conn.execute(text(f"ALTER TABLE {row.of_table} VALIDATE CONSTRAINT {row.name}"))
