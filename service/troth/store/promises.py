"""Verbs on promises: each is an occasion until it is asked about, then an occurrence.

Both carry the id of the reply that made it, as `promise`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select

from troth.domain.states import OccurrenceState
from troth.store.occurrences import to_occurrence
from troth.store.records import Occurrence
from troth.store.rituals import key_on_occasion
from troth.store.tables import occasions, occurrences, rituals

PROMISES = "promises"  # the practice
KEY = key_on_occasion(PROMISES)  # and its ritual, which is in no file


def occurrence_of(conn: Connection, couple_id: int, promise: str) -> Occurrence | None:
    """Return the occurrence of a promise, if it has been born."""
    named = occurrences.c.terms["about"]["promise"].as_string() == promise
    query = _of_couple(couple_id).where(named)
    row = conn.execute(query).first()
    return None if row is None else to_occurrence(row)


def cancel_coming(conn: Connection, couple_id: int, promise: str) -> None:
    """Let a promise be asked about no more, as far as that is still to come."""
    coming = (occasions.c.couple_id == couple_id) & occasions.c.opened_at.is_(None)
    named = occasions.c.about["promise"].as_string() == promise
    conn.execute(delete(occasions).where(coming, named))


def coming_by(conn: Connection, couple_id: int, maker: str) -> int:
    """Return how many promises of a partner, by key, have their day still to come."""
    coming = (occasions.c.couple_id == couple_id) & occasions.c.opened_at.is_(None)
    query = select(func.count(occasions.c.about["promise"].as_string().distinct())).where(
        coming, occasions.c.practice == PROMISES, occasions.c.lead == maker
    )
    return int(conn.execute(query).scalar_one())


def with_a_day(conn: Connection, couple_id: int) -> set[int]:
    """Return the ids of the replies by which a couple made promises that have a day."""
    named = occasions.c.about["promise"].as_string()
    query = select(named).where(
        occasions.c.couple_id == couple_id, occasions.c.practice == PROMISES
    )
    found = conn.execute(query).scalars()
    return {int(each) for each in found if each and each.isdecimal()}


def lately(conn: Connection, couple_id: int, since: datetime) -> list[Occurrence]:
    """Return a couple's promises that are open, or have settled since then, the oldest first."""
    is_open = occurrences.c.state == OccurrenceState.OPEN
    query = _of_couple(couple_id).where(is_open | (occurrences.c.settled_at > since))
    rows = conn.execute(query.order_by(occurrences.c.due_at, occurrences.c.id))
    return [to_occurrence(row) for row in rows]


def outcomes(conn: Connection, couple_id: int) -> Mapping[OccurrenceState, int]:
    """Return how many of a couple's promises stand at each state."""
    query = (
        select(occurrences.c.state, func.count().label("number"))
        .join(rituals, rituals.c.id == occurrences.c.ritual_id)
        .where(occurrences.c.couple_id == couple_id, rituals.c.key == KEY)
        .group_by(occurrences.c.state)
    )
    return {OccurrenceState(row.state): row.number for row in conn.execute(query)}


def _of_couple(couple_id: int) -> Select[Any]:
    return (
        select(occurrences)
        .join(rituals, rituals.c.id == occurrences.c.ritual_id)
        .where(occurrences.c.couple_id == couple_id, rituals.c.key == KEY)
    )
