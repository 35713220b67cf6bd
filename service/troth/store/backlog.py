"""The backlog: since when anything due waits to be sent or done, by looks into an index each.

How much waits is another question: see workload.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from troth.store.agenda import AGENDA, LEASE, NUDGE, first_of
from troth.store.tables import nudges

# A planned nudge waits for a place with the workers, so it is no clock's delay while it is of use.
_CLOCKS = tuple(kind for kind in AGENDA if kind is not NUDGE)
_FIRST_PLANNED = (
    select(NUDGE.moment, nudges.c.expires_at).where(NUDGE.waits).order_by(NUDGE.moment).limit(1)
)


@dataclass(frozen=True)
class Backlog:
    """Aware moments, or None where nothing waits.

    `unsent_since`: when the first nudge might have left that is of use still and in nobody's hand.
    Retries, quiet hours and limits move that moment on. `undone_since`: when a clock should have
    done the first of what it has not done yet; it may lie ahead.
    """

    unsent_since: datetime | None = None
    undone_since: datetime | None = None


def read_backlog(conn: Connection, now: datetime) -> Backlog:
    """Read what waits at aware `now`."""
    return Backlog(
        _first([_planned(conn, now), _unanswered(conn, now)]),
        _first([_stale(conn, now), first_of(conn, _CLOCKS)]),
    )


def _planned(conn: Connection, now: datetime) -> datetime | None:
    useful = (
        select(NUDGE.moment)
        .where(NUDGE.waits, NUDGE.moment <= now, nudges.c.expires_at > now)
        .order_by(NUDGE.moment)
        .limit(1)
    )
    moment: datetime | None = conn.execute(useful).scalar()
    return moment


def _unanswered(conn: Connection, now: datetime) -> datetime | None:
    """Look among the claims, of which there are never many: no worker took them in hand."""
    rung_for = (
        select(func.min(nudges.c.not_before))
        .where(LEASE.waits, nudges.c.picked.is_(False))
        .where(nudges.c.expires_at > now)
    )
    moment: datetime | None = conn.execute(rung_for).scalar()
    return moment


def _stale(conn: Connection, now: datetime) -> datetime | None:
    """Return when the first planned nudge outlived its use: a clock should have said so."""
    first = conn.execute(_FIRST_PLANNED).first()
    if first is None or first.not_before > now or first.expires_at > now:
        return None
    moment: datetime = first.expires_at
    return moment


def _first(moments: list[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
