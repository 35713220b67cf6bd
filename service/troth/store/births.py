"""Verbs on the birth of occurrences: born once, announced at their moment, or taken back before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, select, update

from troth.domain.states import OccurrenceState
from troth.store.batches import given, insert_rows
from troth.store.occurrences import to_occurrence
from troth.store.records import Due, Occurrence
from troth.store.tables import nudges, occurrences, replies, rituals
from troth.store.types import is_false


def bear(conn: Connection, births: Sequence[dict[str, Any]]) -> dict[tuple[int, str], int]:
    """Insert occurrences and return the ids of those that were not born before, by identity."""
    if not births:
        return {}
    insert = insert_rows(conn, occurrences, births).returning(
        occurrences.c.id, occurrences.c.ritual_id, occurrences.c.slot
    )
    rows = conn.execute(insert)
    return {(row.ritual_id, row.slot): row.id for row in rows}


def has_slot(conn: Connection, ritual_id: int, slot: str) -> bool:
    """Say whether a ritual has an occurrence of this slot already."""
    query = select(occurrences.c.id).where(
        occurrences.c.ritual_id == ritual_id, occurrences.c.slot == slot
    )
    return conn.execute(query).first() is not None


def born_early(conn: Connection, couple_id: int, now: datetime) -> list[Occurrence]:
    """Return a couple's open occurrences whose moment is still to come."""
    query = select(occurrences).where(
        occurrences.c.couple_id == couple_id,
        occurrences.c.state == OccurrenceState.OPEN,
        occurrences.c.due_at > now,
    )
    return [to_occurrence(row) for row in conn.execute(query.order_by(occurrences.c.due_at))]


def announce(conn: Connection, now: datetime, limit: int) -> list[Due]:
    """Mark occurrences whose moment has come; return them, the earliest first."""
    come = (
        select(occurrences.c.id)
        .where(is_false(occurrences.c.announced), occurrences.c.due_at <= now)
        .order_by(occurrences.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    told = (
        update(occurrences)
        .where(occurrences.c.id.in_(select(come.cte("come").c.id)))
        .where(is_false(occurrences.c.announced))
        .values(announced=True)
        .returning(occurrences.c.id)
    )
    return _dues(conn, list(conn.execute(told).scalars()))


def unbear(conn: Connection, couple_id: int, now: datetime) -> list[Due]:
    """Delete a couple's occurrences that are not due yet, with their nudges; return them.

    One of which a nudge is on its way stays, and one that was announced while we looked: another
    process's clock may be ahead of ours.
    """
    coming = (
        occurrences.c.couple_id == couple_id,
        occurrences.c.state == OccurrenceState.OPEN,
        is_false(occurrences.c.announced),
        occurrences.c.due_at > now,
        ~exists().where(replies.c.occurrence_id == occurrences.c.id),  # somebody has answered it
    )
    ahead = set(conn.execute(select(occurrences.c.id).where(*coming)).scalars())
    if not ahead:
        return []
    theirs = select(nudges.c.occurrence_id, nudges.c.attempt)
    held = theirs.where(nudges.c.occurrence_id.in_(ahead)).with_for_update()
    ahead -= {row.occurrence_id for row in conn.execute(held) if row.attempt > 0}
    dues = _dues(conn, list(ahead))
    take_back = delete(occurrences).where(occurrences.c.id.in_(ahead), *coming)
    taken_back = set(conn.execute(take_back.returning(occurrences.c.id)).scalars())
    return [due for due in dues if due.id in taken_back]


def _dues(conn: Connection, ids: Sequence[int]) -> list[Due]:
    if not ids:
        return []
    batch = given(conn, [occurrences.c.id], [{"id": one} for one in ids])
    query = (
        select(
            occurrences.c.id,
            occurrences.c.couple_id,
            rituals.c.key,
            occurrences.c.slot,
            occurrences.c.due_at,
        )
        .join_from(batch, occurrences, occurrences.c.id == batch.c.id)
        .join(rituals, rituals.c.id == occurrences.c.ritual_id)
        .order_by(occurrences.c.due_at, occurrences.c.id)
    )
    return [
        Due(row.id, row.couple_id, row.key, row.slot, row.due_at) for row in conn.execute(query)
    ]
