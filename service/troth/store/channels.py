"""Verbs on channels: who may be reached by what."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from troth.domain.states import ChannelState, NudgeState, Sensitivity
from troth.store.batches import is_one_of
from troth.store.records import Channel
from troth.store.tables import channels, couples, nudges, partners


def channels_of(conn: Connection, partner_ids: Collection[int]) -> dict[int, list[Channel]]:
    """Return each partner's channels in the order in which they are tried."""
    found: dict[int, list[Channel]] = {partner_id: [] for partner_id in partner_ids}
    query = select(channels).where(
        channels.c.partner_id.in_(partner_ids), channels.c.retired_at.is_(None)
    )
    for row in conn.execute(query.order_by(channels.c.position)):
        found[row.partner_id].append(to_channel(row))
    return found


def confirmed_channels(conn: Connection, partner_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the ids of the channels whose owners agreed, in the order in which they are tried."""
    ways: dict[int, list[int]] = {partner_id: [] for partner_id in partner_ids}
    query = select(channels.c.id, channels.c.partner_id).where(
        is_one_of(conn, channels.c.partner_id, partner_ids),
        channels.c.state == ChannelState.CONFIRMED,
        channels.c.retired_at.is_(None),
    )
    for row in conn.execute(query.order_by(channels.c.position)):
        ways[row.partner_id].append(row.id)
    return ways


def load_channel(conn: Connection, channel_id: int) -> Channel | None:
    """Return one channel, retired or not."""
    row = conn.execute(select(channels).where(channels.c.id == channel_id)).first()
    return None if row is None else to_channel(row)


def find_channel(conn: Connection, partner_id: int, url_mark: str) -> int | None:
    """Return a partner's channel of the same URL, retired or not."""
    query = select(channels.c.id).where(
        channels.c.partner_id == partner_id, channels.c.url_mark == url_mark
    )
    found: int | None = conn.execute(query).scalar()
    return found


def of_one_address(conn: Connection, channel_id: int) -> list[Channel]:
    """Return a channel, and whatever others have the same address, whoever's they are."""
    mark = select(channels.c.address_mark).where(channels.c.id == channel_id).scalar_subquery()
    query = select(channels).where(
        (channels.c.id == channel_id) | (channels.c.address_mark == mark)
    )
    return [to_channel(row) for row in conn.execute(query.order_by(channels.c.id))]


def find_by_address(conn: Connection, mark: str) -> tuple[Channel, int] | None:
    """Return the channel whose replies come from this address, with its couple's id.

    Where several do, it is the one by which something left last: people answer what they got.
    """
    query = (
        select(channels, partners.c.couple_id)
        .join(partners, partners.c.id == channels.c.partner_id)
        .join(couples, couples.c.id == partners.c.couple_id)
        .where(channels.c.address_mark == mark, couples.c.retired_at.is_(None))
        .order_by(channels.c.retired_at.is_not(None), channels.c.id)
    )
    rows = conn.execute(query).all()
    if len(rows) > 1:
        rows = sorted(rows, key=lambda row: _last_sent(conn, row), reverse=True)
    return (to_channel(rows[0]), rows[0].couple_id) if rows else None


def _last_sent(conn: Connection, row: Row[Any]) -> tuple[bool, int]:
    """Return how a channel ranks among those of one address: in use, and by its last nudge."""
    query = select(func.max(nudges.c.id)).where(
        nudges.c.partner_id == row.partner_id,  # which has an index
        nudges.c.channel_id == row.id,
        nudges.c.state == NudgeState.SENT,
    )
    return row.retired_at is None, conn.execute(query).scalar() or 0


def add_channel(conn: Connection, values: dict[str, object]) -> int:
    """Insert a channel; return its id."""
    return int(
        conn.execute(channels.insert().values(**values).returning(channels.c.id)).scalar_one()
    )


def update_channel(conn: Connection, channel_id: int, values: dict[str, object]) -> None:
    """Change a channel's place or sensitivity, or retire it or bring it back."""
    conn.execute(update(channels).where(channels.c.id == channel_id).values(**values))


def set_channel_state(
    conn: Connection, channel_id: int, state: ChannelState, now: datetime
) -> bool:
    """Move a channel to `state`; return whether that changed anything."""
    moved = conn.execute(
        update(channels)
        .where(channels.c.id == channel_id, channels.c.state != state)
        .values(state=state, changed_at=now)
    )
    return moved.rowcount > 0


def to_channel(row: Row[tuple[object, ...]]) -> Channel:
    """Read a row of the channels table."""
    return Channel(
        row.id,
        row.partner_id,
        row.position,
        row.scheme,
        row.url_sealed,
        Sensitivity(row.sensitivity),
        ChannelState(row.state),
        row.retired_at is not None,
        row.answers_by,
    )
