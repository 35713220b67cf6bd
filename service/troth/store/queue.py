"""How much waits at one moment, for a scrape: looks into indexes of what is still to be done.

Whether any of it waits for too long is another question: see backlog.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select, text

from troth.domain.states import NudgeState
from troth.store import nudges, occurrences, rituals
from troth.store.database import Database
from troth.store.tables import nudges as table

MOST = 20_000  # nudges: counting stops there, for a scrape must stay cheap on the worst of days
PATIENCE_MS = 2_000  # for one statement; SQLite has nothing like it, but its counts end as well


@dataclass(frozen=True)
class Queue:
    """Nudges that are due, rung for, and in workers' hands; no count is greater than MOST.

    The moments are those of the first ritual to be planned, nudge to be claimed and occurrence to
    be looked at, aware UTC; one that lies in the past is overdue.
    """

    due: int
    rung: int
    in_hand: int
    first_ritual: datetime | None
    first_nudge: datetime | None
    first_occurrence: datetime | None


def load_queue(db: Database, now: datetime) -> Queue:
    """Look at what waits at aware `now`."""
    with db.reading() as conn:
        if not db.is_sqlite:
            conn.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS}"))
        sending = select(table.c.id).where(table.c.state == NudgeState.SENDING)
        return Queue(
            due=_count(conn, _planned(now)),
            rung=_count(conn, sending.where(table.c.picked.is_(False))),
            in_hand=_count(conn, sending.where(table.c.picked.is_(True))),
            first_ritual=rituals.next_due(conn),
            first_nudge=nudges.next_planned(conn),
            first_occurrence=occurrences.next_moment(conn),
        )


def _planned(now: datetime) -> Select[tuple[int]]:
    return select(table.c.id).where(table.c.state == NudgeState.PLANNED, table.c.not_before <= now)


def _count(conn: Connection, waiting: Select[tuple[int]]) -> int:
    count = select(func.count()).select_from(waiting.limit(MOST).subquery())
    return int(conn.execute(count).scalar_one())
