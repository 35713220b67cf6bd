"""Verbs on positions: where listeners stand in what others keep for them."""

from sqlalchemy import Connection, select, update

from troth.store.batches import insert_rows
from troth.store.tables import positions


def position(conn: Connection, name: str) -> str | None:
    """Return where a listener stands, or None where it has never stood."""
    found: str | None = conn.execute(
        select(positions.c.position).where(positions.c.name == name)
    ).scalar()
    return found


def set_position(conn: Connection, name: str, value: str) -> None:
    """Write where a listener stands."""
    conn.execute(insert_rows(conn, positions, [{"name": name, "position": value}]))
    conn.execute(update(positions).where(positions.c.name == name).values(position=value))
