"""Verbs on milestones: each is reached once, and stays."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from troth.domain.states import OccurrenceState, Origin
from troth.store.batches import insert_rows
from troth.store.tables import milestones, occurrences, rituals


def reach(conn: Connection, couple_id: int, name: str, now: datetime) -> bool:
    """Write that a couple has reached a milestone; return whether it is the first time."""
    row = {"couple_id": couple_id, "name": name, "reached_at": now}
    written = insert_rows(conn, milestones, [row]).returning(milestones.c.id)
    return conn.execute(written).scalar() is not None


def reached(conn: Connection, couple_id: int) -> list[str]:
    """Return the names of what a couple has reached, in the order in which it was."""
    query = select(milestones.c.name).where(milestones.c.couple_id == couple_id)
    return list(conn.execute(query.order_by(milestones.c.id)).scalars())


def times_kept(conn: Connection, couple_id: int) -> int:
    """Return how often a couple has kept any ritual of its own: no fewer than the days of it."""
    query = select(func.sum(rituals.c.kept)).where(
        rituals.c.couple_id == couple_id, rituals.c.origin != Origin.TROTH
    )
    return conn.execute(query).scalar() or 0


def kept_moments(conn: Connection, couple_id: int) -> list[datetime]:
    """Return when everything that a couple has kept was due, aware UTC."""
    query = (
        select(occurrences.c.due_at)
        .join(rituals, rituals.c.id == occurrences.c.ritual_id)
        .where(occurrences.c.couple_id == couple_id, rituals.c.origin != Origin.TROTH)
        .where(occurrences.c.state == OccurrenceState.KEPT)
    )
    return list(conn.execute(query).scalars())


def first_kept(conn: Connection, ritual_id: int) -> datetime | None:
    """Return when the first of what was kept of a ritual was due, aware UTC."""
    query = select(occurrences.c.due_at).where(
        occurrences.c.ritual_id == ritual_id, occurrences.c.state == OccurrenceState.KEPT
    )
    moment: datetime | None = conn.execute(query.order_by(occurrences.c.due_at).limit(1)).scalar()
    return moment
