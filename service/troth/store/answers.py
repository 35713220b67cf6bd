"""Reading back what partners have answered: of one occurrence, or of many over a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from troth.domain.grammar import Verb
from troth.domain.occurrence import Stamp
from troth.domain.reply import Reply
from troth.store.records import stamp_from_json
from troth.store.replies import ACCOUNTS, Acknowledgement, to_acknowledgement
from troth.store.tables import occurrences, partners, replies

NUMBERED = (Verb.RATING, Verb.NUMBER)


@dataclass(frozen=True)
class Answered:
    """What was said of one occurrence, as it stands; all by partner key.

    `since` is when each first said it in this way: what is mended later keeps its place. `sharing`
    are those who want the other to see their number.
    """

    id: int
    ritual_id: int
    due_at: datetime
    stamp: Stamp
    said: Mapping[str, Acknowledgement]
    since: Mapping[str, datetime]
    sharing: frozenset[str]

    @property
    def wrote(self) -> frozenset[str]:
        """Whose answer is in words; the reason of a skip is none."""
        return frozenset(key for key, word in self.said.items() if word.verb is Verb.WORDS)

    @property
    def are_numbers_shared(self) -> bool:
        """Whether everybody who was asked gave a number and wants it to be seen."""
        numbered = {key for key, word in self.said.items() if word.verb in NUMBERED}
        return len(numbered) > 1 and set(self.stamp.due) <= numbered & self.sharing


def answered(
    conn: Connection,
    couple_id: int,
    ritual_ids: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Answered]:
    """Return the occurrences on which somebody said something in that time, oldest first.

    What each said of them is all of it, as it stands now. Of these rituals, or of all.
    """
    heard = select(replies.c.occurrence_id).where(
        replies.c.couple_id == couple_id, replies.c.verb.in_(ACCOUNTS)
    )
    if since is not None:
        heard = heard.where(replies.c.received_at > since)
    if until is not None:
        heard = heard.where(replies.c.received_at <= until)
    query = _said().where(occurrences.c.couple_id == couple_id, occurrences.c.id.in_(heard))
    if ritual_ids is not None:
        query = query.where(occurrences.c.ritual_id.in_(ritual_ids))
    return _folded(conn.execute(query).all())


def answered_on(conn: Connection, occurrence_id: int) -> Answered | None:
    """Return what was said of one occurrence; None where nothing was."""
    found = _folded(conn.execute(_said().where(occurrences.c.id == occurrence_id)).all())
    return found[0] if found else None


def latest_number(conn: Connection, partner_id: int, since: datetime) -> int | None:
    """Return the occurrence to which a partner last gave a number since then."""
    query = select(replies.c.occurrence_id).where(
        replies.c.partner_id == partner_id,
        replies.c.verb.in_(NUMBERED),
        replies.c.occurrence_id.is_not(None),
        replies.c.received_at >= since,
    )
    found: int | None = conn.execute(query.order_by(replies.c.id.desc()).limit(1)).scalar()
    return found


def ratings_given(conn: Connection, partner_id: int, occurrence_id: int, since: datetime) -> int:
    """Count how often a partner rated one occurrence since then, taken back or not.

    What was taken back belongs to nothing any more, so it counts whatever it was of.
    """
    of_it = replies.c.occurrence_id.is_(None) | (replies.c.occurrence_id == occurrence_id)
    query = select(replies.c.id).where(
        replies.c.partner_id == partner_id,
        replies.c.verb == Verb.RATING,
        replies.c.received_at >= since,
        of_it,
    )
    return len(conn.execute(query).all())


def tie(conn: Connection, reply: Reply, occurrence_id: int | None) -> None:
    """Let a reply be about this occurrence, whatever it was taken to be about."""
    this = (replies.c.way == reply.way) & (replies.c.provider_id == reply.provider_id)
    conn.execute(update(replies).where(this).values(occurrence_id=occurrence_id))


def _said() -> Any:  # noqa: ANN401 - a Select of more columns than its type can name
    return (
        select(
            replies,
            partners.c.key,
            occurrences.c.ritual_id,
            occurrences.c.due_at,
            occurrences.c.terms,
        )
        .join(partners, partners.c.id == replies.c.partner_id)
        .join(occurrences, occurrences.c.id == replies.c.occurrence_id)
        .where(replies.c.verb.in_([*ACCOUNTS, Verb.SHARE]))
        .order_by(occurrences.c.due_at, occurrences.c.id, replies.c.id)
    )


def _folded(rows: Collection[Row[Any]]) -> list[Answered]:
    by_occurrence: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_occurrence.setdefault(row.occurrence_id, []).append(row)
    return [_answered(each) for each in by_occurrence.values()]


def _answered(rows: list[Row[Any]]) -> Answered:
    told = [row for row in rows if row.verb != Verb.SHARE]
    said = {row.key: to_acknowledgement(row) for row in told}
    first: dict[tuple[str, str], datetime] = {}
    for row in told:
        first.setdefault((row.key, row.verb), row.received_at)
    return Answered(
        id=rows[0].occurrence_id,
        ritual_id=rows[0].ritual_id,
        due_at=rows[0].due_at,
        stamp=stamp_from_json(rows[0].terms),
        said=said,
        since={key: first[key, word.verb] for key, word in said.items()},
        sharing=frozenset(row.key for row in rows if row.verb == Verb.SHARE),
    )
