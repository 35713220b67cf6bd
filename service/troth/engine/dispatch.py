"""dispatch: nudges whose moment has come are claimed in batches, and the doorbell rings."""

from datetime import datetime, timedelta

from troth.engine import events
from troth.engine.doorbell import Doorbell
from troth.store import couples, ledger, nudges
from troth.store.database import Database

LEASE = timedelta(minutes=2)  # longer than any send may take


def dispatch(db: Database, doorbell: Doorbell, now: datetime, limit: int = 500) -> int:
    """Expire what is too late, claim what is due, ring; return how many nudges were moved."""
    with db.writing() as conn:
        stale = nudges.expire_stale(conn, now, limit)
        whose = couples.load_couples(conn, {nudge.couple_id for nudge in stale}) if stale else {}
        ledger.append(
            conn,
            [
                events.nudge_failed(
                    nudge,
                    whose[nudge.couple_id].partner_by_id(nudge.partner_id).key,
                    "its window was over",
                    now,
                )
                for nudge in stale
            ],
        )
        claims = nudges.claim(conn, now, limit, LEASE)
    if claims:
        doorbell.ring(claims)
    return len(stale) + len(claims)
