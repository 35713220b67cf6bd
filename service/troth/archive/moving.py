"""Moving: all of a store into another, empty database, and an end to the first."""

from sqlalchemy import Connection, text

from troth.archive.loading import Loader
from troth.archive.manifest import Head, Manifest, Sum, Summing
from troth.archive.rows import Progress, lines, nobody, shapes
from troth.archive.sameness import refuse_same
from troth.errors import TrothError
from troth.store import marks, schema
from troth.store.at_work import alone
from troth.store.database import Database, be_patient
from troth.store.tables import metadata

WHY_HELD = "moved here, and the move did not come to its end"
MARKING, RELEASING = "marking the old store", "letting the new store go on"
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
      AND coalesce(backend_type, 'client backend') = 'client backend' -- NULL: another's, unseen
"""


def move(source: Database, target: Database, head: Head, told: Progress = nobody) -> Manifest:
    """Copy everything, hold it against its sums, and mark the source as moved; return the manifest.

    Nothing leaves from the target before the source is marked: killed at any instant, at most one
    of them sends. Raises TrothError while anybody is at work on the source, or on a SQLite target.
    """
    refuse_same(source, target)
    with alone(source), alone(target), source.writing() as old:
        be_patient(old)
        _take_all(old)
        marks.refuse_moved(old)
        schema.refuse_partly_known(old)
        was_held = marks.held(old)
        with target.writing() as new:
            be_patient(new)
            loader = Loader(new, told)
            loader.head(head)
            sums = _copy(old, loader)
            loader.finish(sums)
            marks.hold(new, was_held or WHY_HELD)
        told(MARKING, 0)
        marks.mark_moved(old, target.shown_url)
    told(RELEASING, 0)
    if was_held is None:
        with target.writing() as new:
            marks.release(new)
    schema.migrate(target)  # PostgreSQL builds some indexes and makes some checks after the tables
    return Manifest(head, sums)


def _copy(old: Connection, loader: Loader) -> dict[str, Sum]:
    sums = {}
    for shape in shapes():
        loader.table(shape)
        summing = Summing()
        for line in lines(old, shape):
            summing.add(line)
            loader.row(line)
        sums[shape.table] = summing.done()
    return sums


def _take_all(conn: Connection) -> None:
    """Let nobody else write to the source until it is marked; SQLite's one writer is alone."""
    if conn.dialect.name != "postgresql":
        return
    others = conn.execute(text(OTHERS)).scalar_one()
    if others:
        raise TrothError(
            f"{others} others are connected to the database to move; stop every clock, worker, "
            "web and inbox first"
        )
    conn.execute(text(f"LOCK TABLE {', '.join(metadata.tables)} IN EXCLUSIVE MODE"))
