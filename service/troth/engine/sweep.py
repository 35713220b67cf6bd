"""sweep: what was claimed and never finished is planned again."""

from datetime import datetime

import structlog

from troth.domain.ladder import MOST_FAILURES
from troth.domain.states import NudgeState
from troth.engine.channel_given_up import give_up_channel
from troth.store import claims
from troth.store.database import Database
from troth.store.vault import Vault
from troth.telemetry import metrics

log = structlog.get_logger()


def sweep(db: Database, vault: Vault, now: datetime, limit: int = 500) -> int:
    """Free nudges whose lease is over, fail those that broke off too often; return how many.

    One that a worker had in hand may have left before the worker died, so it is marked; one that
    no worker took certainly has not.
    """
    with db.writing() as conn:
        hopeless = claims.give_up(conn, now, limit, MOST_FAILURES)
        for nudge in hopeless:
            give_up_channel(conn, vault, nudge, claims.GIVEN_UP, now)
        maybe_sent, unsent = claims.release_leases(conn, now, limit)
    metrics.leases_expired(in_hand=len(hopeless) + len(maybe_sent), unheard=len(unsent))
    metrics.told_unsent([(metrics.ANY, NudgeState.FAILED)] * len(hopeless))
    if maybe_sent:
        log.warning("nudges.may_repeat", nudges=maybe_sent)
    if unsent:
        log.info("nudges.unanswered", nudges=unsent)
    if hopeless:
        log.error("nudges.given_up", nudges=[nudge.id for nudge in hopeless])
    return len(hopeless) + len(maybe_sent) + len(unsent)
