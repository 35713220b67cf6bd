"""What follows when a channel is given up for a nudge: the partner's next one gets the same."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from troth.domain.ladder import fallback_channel
from troth.domain.states import ChannelState, NudgePurpose
from troth.engine import events
from troth.store import channels, couples, ledger, nudges
from troth.store.records import Nudge
from troth.store.vault import Vault


def give_up_channel(
    conn: Connection, vault: Vault, nudge: Nudge, reason: str, now: datetime
) -> None:
    """Record that a nudge failed, and plan the same one on the next channel that is left.

    A channel that does not even take the question of consent is marked failing instead.
    """
    couple = couples.load_couples(conn, [nudge.couple_id]).get(nudge.couple_id)
    if couple is None:
        return
    partner = couple.partner_by_id(nudge.partner_id).key
    ledger.append(conn, [events.nudge_failed(nudge, partner, reason, now)])
    if nudge.purpose is NudgePurpose.CONSENT:
        _mark_failing(conn, nudge, partner, now)
    elif nudge.purpose is not NudgePurpose.ANSWER:  # what is said back belongs where one wrote
        nudges.plan_nudges(conn, vault, _fallback(conn, nudge, now), now)


def _fallback(conn: Connection, nudge: Nudge, now: datetime) -> list[dict[str, Any]]:
    confirmed = channels.confirmed_channels(conn, [nudge.partner_id])[nudge.partner_id]
    tried = nudges.channels_tried(conn, nudge)
    channel = fallback_channel(confirmed, tried)
    if channel is None:
        return []
    same = {
        "couple_id": nudge.couple_id,
        "partner_id": nudge.partner_id,
        "occurrence_id": nudge.occurrence_id,
        "purpose": nudge.purpose,
        "text": nudge.text,
        "due_at": nudge.due_at,
        "expires_at": nudge.expires_at,
        "code": nudge.code,
    }
    return [{**same, "channel_id": channel, "not_before": now}]


def _mark_failing(conn: Connection, nudge: Nudge, partner: str, now: datetime) -> None:
    channel = channels.load_channel(conn, nudge.channel_id) if nudge.channel_id else None
    if channel is None or channel.state is not ChannelState.UNCONFIRMED:
        return
    channels.set_channel_state(conn, channel.id, ChannelState.FAILING, now)
    failing = events.channel_changed(nudge.couple_id, channel, partner, ChannelState.FAILING, now)
    ledger.append(conn, [failing])
