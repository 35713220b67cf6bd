"""Marks on a store: it is held, it was moved, it went back to a backup, whom its schema serves.

They lie among the positions, so that a store of any schema can bear them. What is about this one
database (all but a backup's gap) is never copied into another.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, inspect, select, text

from troth.errors import TrothError
from troth.store.positions import position, set_position
from troth.store.tables import metadata, positions

HELD, MOVED, SERVES, GAP = "troth.held", "troth.moved", "troth.serves", "troth.gap "
OF_ONE_DATABASE = (HELD, MOVED, SERVES)  # not of its couples


@dataclass(frozen=True)
class Gap:
    """From when a backup was taken until it was restored, aware UTC: of that time nothing is known.

    What left then may leave again, and what was answered then has been forgotten.
    """

    taken_at: datetime
    restored_at: datetime

    def touches(self, starts: datetime, ends: datetime) -> bool:
        """Whether any moment from `starts` to `ends` lies in it."""
        return starts <= self.restored_at and ends > self.taken_at


@dataclass(frozen=True)
class Doubt:
    """What dispatch has to heed: nothing may leave, or what was due by a moment may have left."""

    held: bool = False
    until: datetime | None = None


def hold(conn: Connection, why: str) -> None:
    """Let nothing leave from this store until `release`."""
    set_position(conn, HELD, why)


def release(conn: Connection) -> bool:
    """Let nudges leave again; return whether they were held."""
    return conn.execute(delete(positions).where(positions.c.name == HELD)).rowcount > 0


def held(conn: Connection) -> str | None:
    """Return why nothing may leave from this store, or None."""
    return position(conn, HELD)


def is_held() -> ColumnElement[bool]:
    """Whether nothing may leave from this store, as a condition of a query."""
    return exists().where(positions.c.name == HELD)


def say_oldest_served(conn: Connection, revision: str) -> None:
    """Keep the oldest schema revision whose code this schema serves, where marks have a place."""
    if inspect(conn).has_table(positions.name):
        set_position(conn, SERVES, revision)


def oldest_served(conn: Connection) -> str | None:
    """Return the oldest schema revision whose code this schema serves; None: it does not say."""
    return position(conn, SERVES) if inspect(conn).has_table(positions.name) else None


def remember_gap(conn: Connection, gap: Gap) -> None:
    """Keep that this store went back to what it had been."""
    set_position(conn, f"{GAP}{gap.taken_at.isoformat()}", gap.restored_at.isoformat())


def gaps(conn: Connection) -> list[Gap]:
    """Return every gap in this store's memory."""
    query = select(positions).where(positions.c.name.startswith(GAP, autoescape=True))
    return [_gap(row.name, row.position) for row in conn.execute(query)]


def doubt(conn: Connection) -> Doubt:
    """Return what dispatch has to heed."""
    of_gaps = positions.c.name.startswith(GAP, autoescape=True)
    query = select(positions).where((positions.c.name == HELD) | of_gaps)
    rows = {row.name: row.position for row in conn.execute(query)}
    is_held = rows.pop(HELD, None) is not None
    ends = [_gap(name, value).restored_at for name, value in rows.items()]
    return Doubt(is_held, max(ends, default=None))


def mark_moved(conn: Connection, where: str) -> None:
    """Let nobody open or write this store any more, also those who have it open now."""
    set_position(conn, MOVED, where)
    refuse = "this store was moved; nothing is written to it any more"
    for statement in _sqlite(refuse) if conn.dialect.name == "sqlite" else _postgresql(refuse):
        conn.execute(text(statement))


def refuse_moved(conn: Connection) -> None:
    """Raise TrothError where this store was moved elsewhere."""
    where = position(conn, MOVED) if inspect(conn).has_table(positions.name) else None
    if where is not None:
        raise TrothError(
            f"this store was moved to {where}, and is kept only as it was then; "
            "set TROTH_DATABASE_URL to where it is now"
        )


def _gap(name: str, value: str) -> Gap:
    taken_at = datetime.fromisoformat(name.removeprefix(GAP)).astimezone(UTC)
    return Gap(taken_at, datetime.fromisoformat(value).astimezone(UTC))


def _sqlite(refuse: str) -> list[str]:
    return [
        f"CREATE TRIGGER moved_{table}_{act} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{refuse}'); END"
        for table in metadata.tables
        for act in ("INSERT", "UPDATE", "DELETE")
    ]


def _postgresql(refuse: str) -> list[str]:
    function = (
        "CREATE FUNCTION troth_moved() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refuse}'; END $$"
    )
    acts = "INSERT OR UPDATE OR DELETE"
    return [
        function,
        *(
            f"CREATE TRIGGER moved BEFORE {acts} ON {table} EXECUTE FUNCTION troth_moved()"
            for table in metadata.tables
        ),
    ]
