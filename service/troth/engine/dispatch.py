"""dispatch: nudges whose moment has come are claimed in batches, and the doorbell rings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from troth.engine import events
from troth.engine.doorbell import Doorbell
from troth.store import couples, ledger, nudges
from troth.store.database import Database
from troth.store.records import Nudge

LEASE = timedelta(minutes=2)  # longer than any send may take


def dispatch(db: Database, doorbell: Doorbell, now: datetime, limit: int = 500) -> int:
    """Expire what is too late, claim what is due, ring; return how many nudges were moved."""
    with db.writing() as conn:
        stale = nudges.expire_stale(conn, now, limit)
        log_failed(conn, stale, "its window was over", now)
        claims = nudges.claim(conn, now, limit, LEASE)
    if claims:
        doorbell.ring(claims)
    return len(stale) + len(claims)


def log_failed(conn: Connection, failed: Sequence[Nudge], reason: str, now: datetime) -> None:
    """Write into the ledger that these nudges will not leave."""
    whose = couples.load_couples(conn, {nudge.couple_id for nudge in failed}) if failed else {}
    entries = []
    for nudge in failed:
        if nudge.couple_id not in whose:
            continue
        partner = whose[nudge.couple_id].partner_by_id(nudge.partner_id)
        entries.append(events.nudge_failed(nudge, partner.key, reason, now))
    ledger.append(conn, entries)
