"""The part of `apply` that deals with channels: a new one first asks its owner."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from troth.delivery.address import address_of
from troth.delivery.answering import asks_for_answer
from troth.delivery.inbox_channel import SCHEME
from troth.delivery.provider import provider_of, scheme_of
from troth.domain.incoming import takes_replies
from troth.domain.states import ChannelState, NudgePurpose
from troth.engine.changes import ChangeKind
from troth.schedules.couple import Way
from troth.store import channels, nudges
from troth.store.records import Couple
from troth.store.vault import Vault

CONSENT_USE = timedelta(days=7)


def apply_channels(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    partner_id: int,
    ways: Sequence[Way],
    now: datetime,
) -> Iterable[tuple[ChangeKind, str]]:
    """Add, reorder and retire channels; a new one that is not the inbox asks its owner first."""
    held = {channel.id: channel for channel in channels.channels_of(conn, [partner_id])[partner_id]}
    kept = set()
    for position, way in enumerate(ways):
        found = channels.find_channel(conn, partner_id, _mark(vault, way))
        if found is None:
            channel_id = _add_channel(conn, vault, couple, partner_id, position, way, now)
            kept.add(channel_id)
            yield ChangeKind.ADDED, scheme_of(way.url)
            continue
        kept.add(found)
        values = {"position": position, "sensitivity": way.sensitivity, "retired_at": None}
        channels.update_channel(conn, found, {**values, **_routes(vault, way)})
        if found not in held:
            if not nudges.was_asked(conn, found):
                _ask(conn, vault, couple, partner_id, found, now)
            yield ChangeKind.ADDED, scheme_of(way.url)
        elif (held[found].position, held[found].sensitivity) != (position, way.sensitivity):
            yield ChangeKind.CHANGED, scheme_of(way.url)
    for channel_id in set(held) - kept:
        channels.update_channel(conn, channel_id, {"retired_at": now})
        nudges.withdraw_for_channel(conn, channel_id, "its channel was taken out")
        yield ChangeKind.RETIRED, held[channel_id].scheme


def _mark(vault: Vault, way: Way) -> str:
    """Return what tells two channels apart. There is one inbox, however it is written."""
    is_inbox = scheme_of(way.url) == SCHEME
    return vault.mark(f"{SCHEME}://" if is_inbox else way.url)


def _routes(vault: Vault, way: Way) -> dict[str, object]:
    """Return who carries a channel, and the mark of the address from which its replies come."""
    address = way.address or address_of(way.url)
    mark = vault.mark(f"{address.kind}:{address.value}") if address else None
    is_answered = address is not None and takes_replies(address) and asks_for_answer(way.url)
    answers_by = address.kind if address and is_answered else None
    return {"provider": provider_of(way.url), "address_mark": mark, "answers_by": answers_by}


def _add_channel(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    partner_id: int,
    position: int,
    way: Way,
    now: datetime,
) -> int:
    scheme = scheme_of(way.url)
    is_inbox = scheme == SCHEME
    channel_id = channels.add_channel(
        conn,
        {
            "partner_id": partner_id,
            "position": position,
            "scheme": scheme,
            **_routes(vault, way),
            "url_sealed": vault.seal(way.url),
            "url_mark": _mark(vault, way),
            "sensitivity": way.sensitivity,
            "state": ChannelState.CONFIRMED if is_inbox else ChannelState.UNCONFIRMED,
            "changed_at": now,
        },
    )
    if not is_inbox:
        _ask(conn, vault, couple, partner_id, channel_id, now)
    return channel_id


def _ask(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    partner_id: int,
    channel_id: int,
    now: datetime,
) -> None:
    consent = {
        "couple_id": couple.id,
        "partner_id": partner_id,
        "channel_id": channel_id,
        "occurrence_id": None,
        "purpose": NudgePurpose.CONSENT,
        "due_at": now,
        "expires_at": now + CONSENT_USE,
    }
    nudges.plan_nudges(conn, vault, [consent], now)
