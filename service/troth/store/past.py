"""Verbs on what has been: the occurrences of a ritual, or of a couple, so far."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from troth.domain.score import HALF_LIFE
from troth.domain.states import NudgeState
from troth.store.occurrences import to_occurrence
from troth.store.records import Occurrence
from troth.store.tables import nudges, occurrences, partners

NEWEST = HALF_LIFE * 53  # older occurrences weigh less than a double can show


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


def newest_credits(conn: Connection, ritual_id: int) -> list[tuple[int, str, float]]:
    """Return (occurrence, slot, credit) of a ritual's scored occurrences, oldest first.

    Only so many as a double can feel: a score costs the same after thirty years as after one.
    """
    query = (
        select(occurrences.c.id, occurrences.c.slot, occurrences.c.credit)
        .where(occurrences.c.ritual_id == ritual_id, occurrences.c.credit.is_not(None))
        .order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc())
        .limit(NEWEST)
    )
    return [(row.id, row.slot, row.credit) for row in reversed(conn.execute(query).all())]


def due_before(conn: Connection, occurrence_id: int) -> datetime | None:
    """Return when the occurrence before this one of the same ritual was due, aware UTC."""
    this, before = occurrences.alias(), occurrences
    query = (
        select(before.c.due_at)
        .join(this, this.c.ritual_id == before.c.ritual_id)
        .where(this.c.id == occurrence_id, before.c.due_at < this.c.due_at)
    )
    moment: datetime | None = conn.execute(query.order_by(before.c.due_at.desc()).limit(1)).scalar()
    return moment


def latest_due(conn: Connection, ritual_id: int) -> datetime | None:
    """Return when the newest announced occurrence of a ritual was due; aware UTC."""
    query = select(occurrences.c.due_at).where(
        occurrences.c.ritual_id == ritual_id, occurrences.c.announced
    )
    newest = query.order_by(occurrences.c.due_at.desc()).limit(1)
    found: datetime | None = conn.execute(newest).scalar()
    return found


def recent_of(
    conn: Connection, couple_id: int, since: datetime, now: datetime, limit: int
) -> list[Occurrence]:
    """Return a couple's occurrences due from then until now, newest first."""
    query = select(occurrences).where(
        occurrences.c.couple_id == couple_id, occurrences.c.due_at.between(since, now)
    )
    newest = query.order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc()).limit(limit)
    return [to_occurrence(row) for row in conn.execute(newest)]
