"""How much waits at one moment, for a scrape: looks into indexes of what is still to be done.

Whether any of it waits for too long is another question: see backlog. What waits on the doorbell is
not among it: see DramatiqBell.unheard.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, text

from troth.store.agenda import AGENDA, LEASE, NUDGE, first_of
from troth.store.database import Database
from troth.store.tables import nudges

MOST = 20_000  # nudges: counting stops there, for a scrape must stay cheap on the worst of days
PATIENCE_MS = 2_000  # for one statement; SQLite has nothing like it, but its counts end as well
_WHATS = tuple(dict.fromkeys(kind.what for kind in AGENDA))


@dataclass(frozen=True)
class Workload:
    """Nudges that are due, rung for, and in workers' hands; no count is greater than MOST.

    `firsts` holds, by what it is, when the first of everything on the agenda is due, aware UTC;
    one that lies in the past is overdue.
    """

    due: int
    rung: int
    in_hand: int
    firsts: Mapping[str, datetime | None]


def read_workload(db: Database, now: datetime) -> Workload:
    """Look at what waits at aware `now`."""
    with db.reading() as conn:
        if not db.is_sqlite:
            conn.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS}"))
        return Workload(
            due=NUDGE.count(conn, now, MOST),
            rung=_claimed(conn, nudges.c.picked.is_(False)),
            in_hand=_claimed(conn, nudges.c.picked.is_(True)),
            firsts={what: _first(conn, what) for what in _WHATS},
        )


def _first(conn: Connection, what: str) -> datetime | None:
    return first_of(conn, [kind for kind in AGENDA if kind.what == what])


def _claimed(conn: Connection, where: ColumnElement[bool]) -> int:
    """Count claims, whose leases go on: what is on its way is not due."""
    claims = select(LEASE.moment).where(LEASE.waits, where).limit(MOST)
    return int(conn.execute(select(func.count()).select_from(claims.subquery())).scalar_one())
