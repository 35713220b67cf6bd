"""Verbs on milestones: each is reached once in a couple's life."""

from datetime import datetime

from sqlalchemy import Connection

from troth.store.batches import insert_rows
from troth.store.tables import milestones


def reach(conn: Connection, couple_id: int, name: str, now: datetime) -> bool:
    """Write that a couple has reached a milestone; False where they had reached it before."""
    reached = {"couple_id": couple_id, "name": name, "reached_at": now}
    inserted = insert_rows(conn, milestones, [reached]).returning(milestones.c.id)
    return conn.execute(inserted).first() is not None
