"""What follows when a channel is given up for a nudge: the partner's next one gets the same."""

from collections.abc import Collection
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
        mark_failing(conn, nudge, partner, now, (ChannelState.UNCONFIRMED,))
    elif nudge.purpose is not NudgePurpose.ANSWER:  # what is said back belongs where one wrote
        plan_by_next_channel(conn, vault, nudge, now)


def plan_by_next_channel(conn: Connection, vault: Vault, nudge: Nudge, now: datetime) -> None:
    """Plan the same nudge on the partner's first confirmed channel that has not been tried."""
    nudges.plan_nudges(conn, vault, _fallback(conn, nudge, now), now)


def mark_failing(
    conn: Connection,
    nudge: Nudge,
    partner: str,
    now: datetime,
    fails_from: Collection[ChannelState],
) -> None:
    """Mark a nudge's channel failing, if it is in one of these states."""
    channel = channels.load_channel(conn, nudge.channel_id) if nudge.channel_id else None
    if channel is None or channel.state not in fails_from:
        return
    channels.set_channel_state(conn, channel.id, ChannelState.FAILING, now)
    failing = events.channel_changed(nudge.couple_id, channel, partner, ChannelState.FAILING, now)
    ledger.append(conn, [failing])


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
