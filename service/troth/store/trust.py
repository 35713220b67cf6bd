"""Verbs on what partners leave with us beside their answers: thanks, and promises.

It is only ever added to. What is taken back within its minutes stays, and counts no more.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from troth.domain.grammar import Verb
from troth.store.replies import ACCOUNTS
from troth.store.tables import partners, replies

LEFT = (Verb.THANKS, Verb.PROMISE)


@dataclass(frozen=True)
class Left:
    """What a partner, by key, has left with us; `received_at` is aware UTC."""

    id: int
    partner: str
    verb: Verb
    words_sealed: str = field(repr=False)
    received_at: datetime


def left_since(conn: Connection, couple_id: int, verb: Verb, since: datetime) -> list[Left]:
    """Return what a couple has left with us after `since` and not taken back, as it came."""
    query = (
        select(replies, partners.c.key)
        .join(partners, partners.c.id == replies.c.partner_id)
        .where(
            replies.c.couple_id == couple_id,
            replies.c.verb == verb,
            replies.c.words_sealed.is_not(None),
            replies.c.taken_back_at.is_(None),
            replies.c.received_at > since,
        )
        .order_by(replies.c.id)
    )
    return [_left(row) for row in conn.execute(query)]


def take_back(conn: Connection, partner_id: int, since: datetime, now: datetime) -> Left | None:
    """Take back what a partner left since then, if they have answered nothing after it."""
    left = replies.c.verb.in_(LEFT) & replies.c.words_sealed.is_not(None)
    answered = replies.c.verb.in_(ACCOUNTS) & replies.c.occurrence_id.is_not(None)
    query = (
        select(replies, partners.c.key)
        .join(partners, partners.c.id == replies.c.partner_id)
        .where(replies.c.partner_id == partner_id, replies.c.received_at >= since)
        .where(or_(left & replies.c.taken_back_at.is_(None), answered))
    )
    row = conn.execute(query.order_by(replies.c.id.desc()).limit(1)).first()
    if row is None or row.verb not in LEFT:
        return None
    conn.execute(update(replies).where(replies.c.id == row.id).values(taken_back_at=now))
    return _left(row)


def taken_back(conn: Connection, reply_ids: Collection[int]) -> set[int]:
    """Return which of these replies were taken back."""
    query = select(replies.c.id).where(
        replies.c.id.in_(reply_ids), replies.c.taken_back_at.is_not(None)
    )
    return set(conn.execute(query).scalars())


def _left(row: Row[Any]) -> Left:
    return Left(row.id, row.key, Verb(row.verb), row.words_sealed, row.received_at)
