"""Verbs on what a ritual has been: its occurrences so far, newest first."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from troth.domain.states import NudgeState
from troth.store.occurrences import to_occurrence
from troth.store.records import Occurrence
from troth.store.tables import nudges, occurrences, partners


def latest_of_ritual(
    conn: Connection, ritual_id: int, now: datetime, limit: int = 1
) -> list[Occurrence]:
    """Return a ritual's occurrences due until now, newest first."""
    query = select(occurrences).where(
        occurrences.c.ritual_id == ritual_id, occurrences.c.due_at <= now
    )
    newest = query.order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc()).limit(limit)
    return [to_occurrence(row) for row in conn.execute(newest)]


def newest_scored(conn: Connection, ritual_id: int, limit: int) -> list[Occurrence]:
    """Return a ritual's scored occurrences, newest first."""
    query = select(occurrences).where(
        occurrences.c.ritual_id == ritual_id, occurrences.c.credit.is_not(None)
    )
    newest = query.order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc()).limit(limit)
    return [to_occurrence(row) for row in conn.execute(newest)]


def arrivals(
    conn: Connection, occurrence_ids: Collection[int]
) -> dict[int, list[tuple[str, datetime]]]:
    """Return (partner key, moment, aware UTC) of what has left about these occurrences."""
    query = (
        select(nudges.c.occurrence_id, partners.c.key, nudges.c.sent_at)
        .join(partners, partners.c.id == nudges.c.partner_id)
        .where(nudges.c.occurrence_id.in_(occurrence_ids), nudges.c.state == NudgeState.SENT)
    )
    found: dict[int, list[tuple[str, datetime]]] = {each: [] for each in occurrence_ids}
    for row in conn.execute(query):
        found[row.occurrence_id].append((row.key, row.sent_at))
    return found
