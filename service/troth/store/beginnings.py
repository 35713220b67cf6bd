"""Verbs on how a couple began: what was asked, and how steadily what they chose goes on."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from troth.domain.states import OccurrenceState
from troth.domain.steadiness import Counted
from troth.store.occurrences import to_occurrence
from troth.store.records import Occurrence
from troth.store.tables import occasions, occurrences, rituals
from troth.store.wakeup import wake


def last_planned(conn: Connection, couple_id: int, practices: Collection[str]) -> datetime | None:
    """Return the latest moment of a couple's occasions of these, come or to come, aware UTC."""
    query = select(func.max(occasions.c.due_at)).where(
        occasions.c.couple_id == couple_id, occasions.c.practice.in_(practices)
    )
    moment: datetime | None = conn.execute(query).scalar()
    return moment


def bring_forward(conn: Connection, couple_id: int, practice: str, now: datetime) -> None:
    """Let what waits to be asked be looked at now."""
    waiting = update(occasions).where(
        occasions.c.couple_id == couple_id,
        occasions.c.practice == practice,
        occasions.c.opened_at.is_(None),
        occasions.c.due_at > now,
    )
    if conn.execute(waiting.values(due_at=now)).rowcount:
        wake(conn)


def counted_since(conn: Connection, couple_id: int, since: datetime) -> list[Counted]:
    """Return a couple's scored occurrences due since then."""
    query = select(occurrences.c.due_at, occurrences.c.state).where(
        occurrences.c.couple_id == couple_id,
        occurrences.c.due_at > since,
        occurrences.c.credit.is_not(None),
    )
    return [Counted(row.due_at, row.state == OccurrenceState.KEPT) for row in conn.execute(query)]


def occurrences_of(conn: Connection, couple_id: int, keys: Collection[str]) -> list[Occurrence]:
    """Return the occurrences of a couple's rituals of these keys, which are few."""
    query = (
        select(occurrences)
        .join(rituals, rituals.c.id == occurrences.c.ritual_id)
        .where(rituals.c.couple_id == couple_id, rituals.c.key.in_(keys))
    )
    return [to_occurrence(row) for row in conn.execute(query)]
