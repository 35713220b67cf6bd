"""The ledger: everything that happened to a couple, append-only, as CloudEvents.

It holds no private words, no addresses and no scores of persons.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from troth.store.batches import insert_rows
from troth.store.tables import couples, ledger


class EventType(StrEnum):
    """The events of the ledger and of the stream."""

    RITUAL_DUE = "org.troth.ritual.due.v1"
    NUDGE_SENT = "org.troth.nudge.sent.v1"
    NUDGE_FAILED = "org.troth.nudge.failed.v1"
    REPLY_RECEIVED = "org.troth.reply.received.v1"
    OCCURRENCE_SETTLED = "org.troth.occurrence.settled.v1"
    SCORE_CHANGED = "org.troth.score.changed.v1"
    MILESTONE_REACHED = "org.troth.milestone.reached.v1"
    CHANNEL_CHANGED = "org.troth.channel.changed.v1"


@dataclass(frozen=True)
class Event:
    """One thing that happened. `subject` is a printed id such as `o17` or `n42`."""

    couple_id: int
    type: EventType
    subject: str
    at: datetime
    data: dict[str, Any]


def append(conn: Connection, events: Sequence[Event]) -> None:
    """Add events, in order."""
    rows = [
        {
            "event_id": uuid.uuid4().hex,
            "couple_id": event.couple_id,
            "type": event.type,
            "subject": event.subject,
            "at": event.at,
            "data": event.data,
        }
        for event in events
    ]
    if rows:
        conn.execute(insert_rows(conn, ledger, rows))


def read(
    conn: Connection, couple_id: int | None = None, subject: str | None = None, last: int = 200
) -> list[dict[str, Any]]:
    """Return the latest events as CloudEvents, oldest first."""
    query = select(ledger, couples.c.name).join(couples, couples.c.id == ledger.c.couple_id)
    if couple_id is not None:
        query = query.where(ledger.c.couple_id == couple_id)
    if subject is not None:
        query = query.where(ledger.c.subject == subject)
    rows = conn.execute(query.order_by(ledger.c.id.desc()).limit(last)).all()
    return [_cloud_event(row) for row in reversed(rows)]


def settlements(conn: Connection, couple_id: int) -> list[tuple[int, dict[str, Any]]]:
    """Return a couple's whole history of settlements, as (revision, data)."""
    query = select(ledger.c.id, ledger.c.data).where(
        ledger.c.couple_id == couple_id, ledger.c.type == EventType.OCCURRENCE_SETTLED
    )
    return [(row.id, row.data) for row in conn.execute(query.order_by(ledger.c.id))]


def _cloud_event(row: Row[Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": row.event_id,
        "source": "troth",
        "type": row.type,
        "subject": row.subject,
        "time": row.at.isoformat().replace("+00:00", "Z"),
        "data": {"couple": row.name, **row.data},
    }
