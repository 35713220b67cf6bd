"""How a ritual's last occurrences went, and when its couple usually answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from troth.domain.recalibration import Past
from troth.domain.states import Excuse, NudgeState, OccurrenceState
from troth.store.nudges import TOLD
from troth.store.replies import ACCOUNTS
from troth.store.tables import nudges, occasions, occurrences, partners, replies

LOOK_BACK = 24  # occurrences: some of them may have been skipped or undelivered
_SPOKEN = (
    select(func.min(replies.c.received_at))
    .where(replies.c.occurrence_id == occurrences.c.id, replies.c.verb.in_(list(ACCOUNTS)))
    .scalar_subquery()
)
_LEFT = (
    select(func.min(nudges.c.sent_at))
    .where(
        nudges.c.occurrence_id == occurrences.c.id,
        nudges.c.purpose.in_(TOLD),
        nudges.c.state == NudgeState.SENT,
    )
    .scalar_subquery()
)


def last_settled(conn: Connection, ritual_id: int, limit: int = LOOK_BACK) -> list[Past]:
    """Return how a ritual's settled occurrences went, newest first."""
    query = (
        select(occurrences, _SPOKEN.label("spoken"), _LEFT.label("left"))
        .where(occurrences.c.ritual_id == ritual_id, occurrences.c.state != OccurrenceState.OPEN)
        .order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc())
        .limit(limit)
    )
    return [
        Past(
            due_at=row.due_at,
            state=OccurrenceState(row.state),
            reason=Excuse(row.reason) if row.reason else None,
            credit=row.credit,
            answered=row.spoken is not None,
            unprompted=row.spoken is not None and (row.left is None or row.spoken < row.left),
        )
        for row in conn.execute(query)
    ]


def answered_at(conn: Connection, ritual_id: int, since: datetime) -> list[tuple[str, datetime]]:
    """Return (partner key, moment) of the answers to a ritual since then."""
    query = (
        select(partners.c.key, replies.c.received_at)
        .join(occurrences, occurrences.c.id == replies.c.occurrence_id)
        .join(partners, partners.c.id == replies.c.partner_id)
        .where(occurrences.c.ritual_id == ritual_id, replies.c.received_at >= since)
        .where(replies.c.verb.in_(list(ACCOUNTS)))
    )
    return [(row.key, row.received_at) for row in conn.execute(query)]


def asked_of(
    conn: Connection, couple_id: int, practices: Sequence[str], ritual: str
) -> dict[str, datetime]:
    """Return when a ritual was last asked about itself, by the practice that asked."""
    query = select(occasions.c.practice, occasions.c.due_at, occasions.c.about).where(
        occasions.c.couple_id == couple_id, occasions.c.practice.in_(practices)
    )
    rows = conn.execute(query.order_by(occasions.c.due_at))
    return {row.practice: row.due_at for row in rows if _names(row.about, ritual)}


def _names(about: object, ritual: str) -> bool:
    return isinstance(about, dict) and about.get("ritual") == ritual
