"""sweep: what was claimed and never finished is planned again."""

from datetime import datetime

import structlog

from troth.store import nudges
from troth.store.database import Database

log = structlog.get_logger()


def sweep(db: Database, now: datetime, limit: int = 500) -> int:
    """Free nudges whose lease is over; return how many.

    One that a worker had in hand may have left before the worker died, so it is marked; one whose
    doorbell was lost certainly has not.
    """
    with db.writing() as conn:
        maybe_sent, unsent = nudges.release_leases(conn, now, limit)
    if maybe_sent:
        log.warning("nudges.may_repeat", nudges=maybe_sent)
    if unsent:
        log.info("nudges.doorbell_lost", nudges=unsent)
    return len(maybe_sent) + len(unsent)
