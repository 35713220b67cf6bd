"""dispatch: nudges whose moment has come are claimed in batches, and the doorbell rings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from troth.engine.doorbell import Doorbell
from troth.engine.expiry import expire
from troth.store import claims, marks
from troth.store.database import Database
from troth.telemetry import tracing

RING_LEASE = timedelta(seconds=30)  # for a worker to answer the doorbell
MOST_WAITING = 20_000  # claims that wait for a worker: more would only be rung for again
MOST_UNHEARD = 1_000  # messages: without a worker, claims end and are rung for again, and again


def dispatch(
    db: Database,
    doorbell: Doorbell,
    now: datetime,
    limit: int = 2_000,
    most_waiting: int = MOST_WAITING,
    most_unheard: int = MOST_UNHEARD,
) -> int:
    """Expire what is too late, claim what is due, ring; return how many nudges were moved."""
    with db.writing() as conn:
        stale = expire(conn, now)
        room = min(limit, most_waiting - claims.unpicked(conn, most_waiting))
        doubt = marks.doubt(conn)
        heard = not doubt.held and room > 0 and doorbell.unheard() < most_unheard
        claimed = claims.claim(conn, now, room, RING_LEASE, doubt.until) if heard else []
    if claimed:
        _ring(db, doorbell, claimed, now)
    return stale + len(claimed)


def _ring(db: Database, doorbell: Doorbell, claimed: Sequence[claims.Claim], now: datetime) -> None:
    """Ring; where the doorbell is broken, let the claims go at once rather than wait them out."""
    try:
        with tracing.span("doorbell.ring", nudges=len(claimed)):
            doorbell.ring(claimed)
    except Exception:
        with db.writing() as conn:
            claims.give_back(conn, [(claim, now) for claim in claimed], "the doorbell was broken")
        raise
