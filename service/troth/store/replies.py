"""Verbs on replies: each kept once, the newest of each partner holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from troth.domain.grammar import Verb
from troth.domain.states import Claim
from troth.store.occurrences import insert_new
from troth.store.tables import partners, replies

CLAIMS = {
    Verb.DONE: Claim.DONE,
    Verb.RATING: Claim.DONE,
    Verb.WORDS: Claim.DONE,
    Verb.NO: Claim.NO,
    Verb.SKIP: Claim.SKIP,
}


@dataclass(frozen=True)
class Acknowledgement:
    """What one partner last said of one occurrence."""

    partner: str
    claim: Claim
    verb: Verb
    rating: int | None
    words_sealed: str | None
    received_at: datetime


def keep_reply(conn: Connection, values: dict[str, Any]) -> int | None:
    """Insert a reply; None when this provider message was kept before."""
    kept = insert_new(conn, replies).returning(replies.c.id)
    found: int | None = conn.execute(kept.values(verb=Verb.UNKNOWN, answer="", **values)).scalar()
    return found


def earlier_answer(conn: Connection, way: str, provider_id: str) -> str:
    """Return what was said back to a reply that has come before."""
    query = select(replies.c.answer).where(
        replies.c.way == way, replies.c.provider_id == provider_id
    )
    return str(conn.execute(query).scalar_one())


def complete_reply(conn: Connection, reply_id: int, values: dict[str, Any]) -> None:
    """Write what a reply was understood to say, and what was answered."""
    conn.execute(update(replies).where(replies.c.id == reply_id).values(**values))


def acknowledgements(conn: Connection, occurrence_id: int) -> dict[str, Acknowledgement]:
    """Return each partner's latest word on an occurrence, by partner key."""
    query = (
        select(replies, partners.c.key)
        .join(partners, partners.c.id == replies.c.partner_id)
        .where(replies.c.occurrence_id == occurrence_id, replies.c.verb.in_(CLAIMS))
        .order_by(replies.c.received_at, replies.c.id)
    )
    return {row.key: _acknowledgement(row) for row in conn.execute(query)}


def _acknowledgement(row: Row[Any]) -> Acknowledgement:
    verb = Verb(row.verb)
    return Acknowledgement(
        row.key, CLAIMS[verb], verb, row.rating, row.words_sealed, row.received_at
    )
