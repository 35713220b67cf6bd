"""Nudges that have outlived their use: never sent, and written down as what they are."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from troth.domain.states import NudgeState
from troth.engine import events
from troth.store import claims, couples, ledger
from troth.store.afterwards import afterwards
from troth.store.records import Nudge
from troth.telemetry import metrics

MOST_AT_ONCE = 2_000


def expire(conn: Connection, now: datetime, occurrence_id: int | None = None) -> int:
    """Expire what is planned (for one occurrence, or any) and too late; return how many."""
    stale = claims.expire_stale(conn, now, MOST_AT_ONCE, occurrence_id)
    _log_failed(conn, stale, "its window was over", now)
    lost = [(metrics.ANY, NudgeState.EXPIRED)] * len(stale)  # no worker has looked up by what
    afterwards(conn, partial(metrics.told_unsent, lost))
    return len(stale)


def _log_failed(conn: Connection, failed: Sequence[Nudge], reason: str, now: datetime) -> None:
    """Write into the ledger that these nudges will not leave."""
    whose = couples.load_couples(conn, {nudge.couple_id for nudge in failed}) if failed else {}
    entries = []
    for nudge in failed:
        if nudge.couple_id not in whose:
            continue
        partner = whose[nudge.couple_id].partner_by_id(nudge.partner_id)
        entries.append(events.nudge_failed(nudge, partner.key, reason, now))
    ledger.append(conn, entries)
