"""Verbs on replies: each kept once, the newest of each partner holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from troth.domain.grammar import Verb
from troth.domain.reply import LINK, Reply
from troth.domain.states import Account
from troth.store.batches import insert_rows
from troth.store.tables import occurrences, partners, replies

ACCOUNTS = {
    Verb.DONE: Account.DONE,
    Verb.RATING: Account.DONE,
    Verb.NUMBER: Account.DONE,
    Verb.CHOICE: Account.DONE,
    Verb.WORDS: Account.DONE,
    Verb.REACHED: Account.DONE,
    Verb.GOAL: Account.DONE,
    Verb.NO: Account.NO,
    Verb.SKIP: Account.SKIP,
}


@dataclass(frozen=True)
class Acknowledgement:
    """What one partner last said of one occurrence."""

    partner: str
    account: Account
    verb: Verb
    rating: int | None
    words_sealed: str | None
    received_at: datetime
    number: float | None = None
    choice: str | None = None


def keep_reply(conn: Connection, reply: Reply) -> int | None:
    """Insert a reply; None when this provider message was kept before."""
    values = {
        "couple_id": reply.couple_id,
        "partner_id": reply.partner_id,
        "nudge_id": reply.nudge_id,
        "way": reply.way,
        "provider_id": reply.provider_id,
        "received_at": reply.received_at,
        "verb": Verb.UNKNOWN,
        "answer": "",
    }
    kept = insert_rows(conn, replies, [values]).returning(replies.c.id)
    found: int | None = conn.execute(kept).scalar()
    return found


def id_of(conn: Connection, reply: Reply) -> int:
    """Return the id of a reply that was kept."""
    query = select(replies.c.id).where(
        replies.c.way == reply.way, replies.c.provider_id == reply.provider_id
    )
    return int(conn.execute(query).scalar_one())


def newer_press(conn: Connection, reply: Reply) -> int | None:
    """Return the id of the latest press on this nudge where it is another one than this.

    Only of links: what a provider hands in again may well come late, and is still the same.
    """
    if reply.way != LINK:
        return None
    query = select(replies.c.id, replies.c.provider_id).where(
        replies.c.partner_id == reply.partner_id,
        replies.c.nudge_id == reply.nudge_id,
        replies.c.way == reply.way,
    )
    row = conn.execute(query.order_by(replies.c.id.desc()).limit(1)).first()
    if row is None or row.provider_id.startswith(reply.provider_id):
        return None
    return int(row.id)


def earlier_answer(conn: Connection, reply: Reply) -> tuple[str, Verb]:
    """Return what was said back to a reply that has come before, and what it was taken for."""
    query = select(replies.c.answer, replies.c.verb).where(
        replies.c.way == reply.way, replies.c.provider_id == reply.provider_id
    )
    row = conn.execute(query).one()
    return row.answer, Verb(row.verb)


def set_answer(conn: Connection, reply_id: int, answer: str) -> None:
    """Write what was said back."""
    conn.execute(update(replies).where(replies.c.id == reply_id).values(answer=answer))


def complete_reply(conn: Connection, reply_id: int, values: dict[str, Any]) -> None:
    """Write what a reply was understood to say."""
    conn.execute(update(replies).where(replies.c.id == reply_id).values(**values))


def take_back(
    conn: Connection, partner_id: int, since: datetime, occurrence_id: int | None = None
) -> int | None:
    """Let a partner's last answer since then (to one thing, or any) count no more; return to what.

    The reply stays, and what it said; it is only no answer to anything any more.
    """
    query = _answers(partner_id, since)
    if occurrence_id is not None:
        query = query.where(replies.c.occurrence_id == occurrence_id)
    row = conn.execute(query.order_by(replies.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    conn.execute(update(replies).where(replies.c.id == row.id).values(occurrence_id=None))
    return int(row.occurrence_id)


def take_back_tap(conn: Connection, reply: Reply, tap: str, since: datetime) -> int | None:
    """Let what a tap has answered since then count no more; return to what.

    One tap may have answered more than once: a thumb that became a heart. Taken away, it is none
    of them any more.
    """
    query = _answers(reply.partner_id, since)
    query = query.where(replies.c.way == reply.way, replies.c.tap == tap)
    rows = conn.execute(query.order_by(replies.c.id)).all()
    if not rows:
        return None
    ids = [row.id for row in rows]
    conn.execute(update(replies).where(replies.c.id.in_(ids)).values(occurrence_id=None))
    return int(rows[-1].occurrence_id)


def _answers(partner_id: int, since: datetime) -> Select[tuple[int, int]]:
    return select(replies.c.id, replies.c.occurrence_id).where(
        replies.c.partner_id == partner_id,
        replies.c.verb.in_([*ACCOUNTS, Verb.SHARE]),
        replies.c.occurrence_id.is_not(None),
        replies.c.received_at >= since,
    )


def latest_verbs(conn: Connection, partner_id: int, count: int) -> list[Verb]:
    """Return what a partner's last replies that were answered were taken for, newest first."""
    asking = (replies.c.partner_id == partner_id) & (replies.c.answer != "")
    query = select(replies.c.verb).where(asking)
    newest = query.order_by(replies.c.id.desc()).limit(count)
    return [Verb(verb) for verb in conn.execute(newest).scalars()]


def acknowledgements(conn: Connection, occurrence_id: int) -> dict[str, Acknowledgement]:
    """Return each partner's latest word on an occurrence, by partner key."""
    return {word.partner: word for word in said_of(conn, [occurrence_id])[occurrence_id]}


def said_of(conn: Connection, occurrence_ids: Collection[int]) -> dict[int, list[Acknowledgement]]:
    """Return all that was said of occurrences, by their ids, oldest first."""
    query = (
        _with_partner()
        .where(replies.c.occurrence_id.in_(occurrence_ids), replies.c.verb.in_(ACCOUNTS))
        .order_by(replies.c.id)  # not by the clock, which may go back
    )
    said: dict[int, list[Acknowledgement]] = {each: [] for each in occurrence_ids}
    for row in conn.execute(query):
        said[row.occurrence_id].append(to_acknowledgement(row))
    return said


def latest_of(
    conn: Connection,
    ritual_id: int,
    verbs: Collection[Verb],
    *,
    by: int | None = None,
    before: datetime | None = None,
) -> Acknowledgement | None:
    """Return the last answer of these verbs to a ritual, by one partner or either.

    Of occurrences that fell due before an aware moment, where one is given.
    """
    query = (
        _with_partner()
        .join(occurrences, occurrences.c.id == replies.c.occurrence_id)
        .where(occurrences.c.ritual_id == ritual_id, replies.c.verb.in_(verbs))
    )
    if by is not None:
        query = query.where(replies.c.partner_id == by)
    if before is not None:
        query = query.where(occurrences.c.due_at < before)
    row = conn.execute(query.order_by(replies.c.id.desc()).limit(1)).first()
    return None if row is None else to_acknowledgement(row)


def _with_partner() -> Select[Any]:
    joined = select(replies, partners.c.key)
    return joined.join(partners, partners.c.id == replies.c.partner_id)


def to_acknowledgement(row: Row[Any]) -> Acknowledgement:
    """Read a row of the replies table, with its partner's key."""
    verb = Verb(row.verb)
    return Acknowledgement(
        partner=row.key,
        account=ACCOUNTS[verb],
        verb=verb,
        rating=row.rating,
        words_sealed=row.words_sealed,
        received_at=row.received_at,
        number=row.number,
        choice=row.choice,
    )
