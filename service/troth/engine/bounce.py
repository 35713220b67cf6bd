"""bounce: a report that a nudge which left can never arrive; it ends as if it had been refused.

Anybody can forge such a report, so it counts only with that nudge's token, only where mails are
sent, and only as long as its link takes an answer.
"""

from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from troth.domain.incoming import AddressKind
from troth.domain.reply import TOKEN_USE
from troth.domain.states import ChannelState, NudgeState, OccurrenceState
from troth.engine import events
from troth.engine.channel_given_up import mark_failing, plan_by_next_channel
from troth.engine.settle import settle_occurrence
from troth.engine.verdict import why_useless
from troth.store import channels, claims, couples, ledger, nudges, occurrences
from troth.store.afterwards import afterwards
from troth.store.parcels import load_parcels
from troth.store.records import Nudge
from troth.store.vault import Vault
from troth.telemetry import metrics

log = structlog.get_logger()

BOUNCED = "it bounced"
IN_USE = (ChannelState.UNCONFIRMED, ChannelState.CONFIRMED)  # one that was stopped stays so
RESTS_ON_DELIVERY = (OccurrenceState.MISSED, OccurrenceState.PARTIAL)
_REACHES = (NudgeState.PLANNED, NudgeState.SENDING, NudgeState.SENT)


def take_bounce(conn: Connection, vault: Vault, token: str, now: datetime) -> None:
    """Fail the nudge of this token and its channel, and make good what rested on it."""
    nudge = _returned(conn, token, now)
    if nudge is None:
        return
    couples.hold(conn, [nudge.couple_id])
    couple = couples.load_couples(conn, [nudge.couple_id]).get(nudge.couple_id)
    if couple is None or not couples.takes_part(conn, couple.id):
        return
    partner = couple.partner_by_id(nudge.partner_id).key
    has_bounced = claims.set_bounced(conn, nudge.id, BOUNCED)
    if has_bounced:
        log.info("nudge.ended", state=NudgeState.FAILED, nudge=f"n{nudge.id}", reason=BOUNCED)
        ledger.append(conn, [events.nudge_failed(nudge, partner, BOUNCED, now)])
        afterwards(conn, partial(metrics.told_unsent, [(metrics.ANY, "bounced")]))
    mark_failing(conn, nudge, partner, now, IN_USE)
    if has_bounced and nudge.occurrence_id is not None:
        _settle_again(conn, nudge.occurrence_id, now)
        if _is_wanted(conn, nudge, nudge.occurrence_id, now):
            plan_by_next_channel(conn, vault, nudge, now)


def _returned(conn: Connection, token: str, now: datetime) -> Nudge | None:
    """Return the nudge that such a report can be about: one that was a mail, and not long ago."""
    nudge = nudges.find_nudge(conn, token)
    if nudge is None or nudge.channel_id is None or now >= nudge.expires_at + TOKEN_USE:
        return None
    channel = channels.load_channel(conn, nudge.channel_id)
    is_mail = channel is not None and channel.answers_by == AddressKind.MAIL
    return nudge if is_mail else None


def _settle_again(conn: Connection, occurrence_id: int, now: datetime) -> None:
    """Judge anew what counted against them: a miss needs a delivery."""
    found = occurrences.load_occurrences(conn, [occurrence_id])[occurrence_id]
    if found.state in RESTS_ON_DELIVERY:
        settle_occurrence(conn, occurrence_id, now)


def _is_wanted(conn: Connection, nudge: Nudge, occurrence_id: int, now: datetime) -> bool:
    """Say whether the same is to come by another channel: hours may have passed since it left.

    Not where a later nudge for this partner has left meanwhile, or is still to leave.
    """
    parcels = load_parcels(conn, [nudge.id])
    if nudge.purpose not in nudges.TOLD or not parcels or why_useless(parcels[0], now):
        return False
    return not any(
        other.partner_id == nudge.partner_id
        and other.id > nudge.id
        and other.purpose in nudges.TOLD
        and other.state in _REACHES
        for other in nudges.nudges_of(conn, occurrence_id)
    )
