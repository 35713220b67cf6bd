"""Verbs on occurrences: asked, reminded of, settled, settled again."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, update

from troth.domain.rules import Outcome
from troth.domain.states import Excuse, NudgePurpose, NudgeState, OccurrenceState
from troth.store.records import Occurrence, stamp_from_json, stamp_to_json
from troth.store.tables import couples, nudges, occurrences, rituals
from troth.store.types import is_false


def load_occurrences(conn: Connection, ids: Collection[int]) -> dict[int, Occurrence]:
    """Return occurrences by id."""
    rows = conn.execute(select(occurrences).where(occurrences.c.id.in_(ids)))
    return {row.id: to_occurrence(row) for row in rows}


def lock_occurrence(conn: Connection, occurrence_id: int) -> Occurrence:
    """Return one occurrence, held until the transaction ends, so that two replies take turns.

    The hold lets rows that point to it be written: two replies that do so would wait for each
    other's for ever under a stronger one.
    """
    held = select(occurrences).with_for_update(key_share=True)
    query = held.where(occurrences.c.id == occurrence_id)
    return to_occurrence(conn.execute(query).one())


def ended(conn: Connection, now: datetime, limit: int) -> list[int]:
    """Return open occurrences whose window is over."""
    query = _open().where(occurrences.c.settle_at <= now).order_by(occurrences.c.settle_at)
    return list(conn.execute(query.limit(limit)).scalars())


def take_ended(conn: Connection, ids: Collection[int], now: datetime) -> list[int]:
    """Return those of these whose window is over still; their couples are held.

    What belongs to a couple that another holds is left out.
    """
    over = (occurrences.c.state == OccurrenceState.OPEN) & (occurrences.c.settle_at <= now)
    return _take(conn, ids, over)


def take_following(conn: Connection, ids: Collection[int], now: datetime) -> list[int]:
    """Return those of these whose reminder moment has come still; their couples are held."""
    return _take(conn, ids, occurrences.c.follow_up_at <= now)


def _take(conn: Connection, ids: Collection[int], where: ColumnElement[bool]) -> list[int]:
    query = (
        select(occurrences.c.id)
        .join(couples, couples.c.id == occurrences.c.couple_id)
        .where(occurrences.c.id.in_(ids), where)
        .order_by(occurrences.c.due_at, occurrences.c.id)
        .with_for_update(of=couples, key_share=True, skip_locked=True)
    )
    return list(conn.execute(query).scalars())


def open_of_ritual(conn: Connection, ritual_id: int) -> list[int]:
    """Return a ritual's open occurrences."""
    return list(conn.execute(_open().where(occurrences.c.ritual_id == ritual_id)).scalars())


def following_up(conn: Connection, now: datetime, limit: int) -> list[int]:
    """Return occurrences whose reminder moment has come."""
    query = select(occurrences.c.id).where(occurrences.c.follow_up_at <= now)
    return list(conn.execute(query.order_by(occurrences.c.follow_up_at).limit(limit)).scalars())


def set_follow_up(conn: Connection, occurrence_id: int, moment: datetime | None) -> None:
    """Set when the next reminder is thought of; None for never."""
    change = update(occurrences).where(occurrences.c.id == occurrence_id)
    conn.execute(change.values(follow_up_at=moment))


def settle(
    conn: Connection,
    occurrence: Occurrence,
    outcome: Outcome | None,
    now: datetime,
    follow_up_at: datetime | None = None,
) -> None:
    """Write what an occurrence settled to, or open it again where None; count it at its ritual.

    `follow_up_at` is when one that opens again is thought of next.
    """
    values: dict[str, Any] = {"state": OccurrenceState.OPEN, "reason": None, "credit": None}
    values |= {"settled_at": None, "follow_up_at": follow_up_at, "reviewed": True}
    if outcome is not None:
        values = {"state": outcome.state, "reason": outcome.reason, "credit": outcome.credit}
        values |= {"settled_at": now, "follow_up_at": None, "reviewed": False}
    conn.execute(update(occurrences).where(occurrences.c.id == occurrence.id).values(**values))
    _count(conn, occurrence, -1, None if occurrence.is_open else occurrence.state)
    _count(conn, occurrence, +1, None if outcome is None else outcome.state)


def unreviewed(conn: Connection, limit: int) -> list[int]:
    """Return settled occurrences of which nobody has seen yet what follows."""
    query = select(occurrences.c.id).where(is_false(occurrences.c.reviewed))
    return list(conn.execute(query.order_by(occurrences.c.id).limit(limit)).scalars())


def take_unreviewed(conn: Connection, ids: Collection[int]) -> list[int]:
    """Mark those of these that still wait for it as reviewed, and return them; couples are held."""
    ours = _take(conn, ids, is_false(occurrences.c.reviewed))
    mark_reviewed(conn, ours)
    return ours


def mark_reviewed(conn: Connection, ids: Collection[int]) -> None:
    """Let nothing more follow from what these settled to."""
    conn.execute(update(occurrences).where(occurrences.c.id.in_(ids)).values(reviewed=True))


def _count(
    conn: Connection, occurrence: Occurrence, change: int, state: OccurrenceState | None
) -> None:
    if state is not None:
        column = rituals.c[state]
        counted = update(rituals).where(rituals.c.id == occurrence.ritual_id)
        conn.execute(counted.values({column: column + change}))


def move_window(conn: Connection, occurrence_id: int, ends_at: datetime) -> None:
    """Let an occurrence end at another moment, without reminders."""
    moved = {"ends_at": ends_at, "settle_at": ends_at, "follow_up_at": None}
    conn.execute(update(occurrences).where(occurrences.c.id == occurrence_id).values(**moved))


def turn_card(
    conn: Connection, occurrence: Occurrence, card: str, about: Mapping[str, str]
) -> None:
    """Let an occurrence ask by another card; `about` is what is known of it then."""
    terms = stamp_to_json(replace(occurrence.stamp, about=about))
    turned = update(occurrences).where(occurrences.c.id == occurrence.id)
    conn.execute(turned.values(prompt=card, terms=terms))


def set_aside(conn: Connection, occurrence_id: int, until: datetime) -> None:
    """Look at an occurrence that can't be judged again only at `until`."""
    conn.execute(
        update(occurrences).where(occurrences.c.id == occurrence_id).values(settle_at=until)
    )


def open_for(
    conn: Connection, couple_id: int, partner_id: int
) -> list[tuple[Occurrence, int | None]]:
    """Return the open occurrences of which a partner has been told, each with its code."""
    told = nudges.c.state.in_((NudgeState.SENT, NudgeState.SENDING))
    query = (
        select(occurrences, func.max(nudges.c.code).label("code"))
        .join(nudges, nudges.c.occurrence_id == occurrences.c.id)
        .where(occurrences.c.couple_id == couple_id)
        .where(occurrences.c.state == OccurrenceState.OPEN)
        .where(nudges.c.partner_id == partner_id, told, nudges.c.purpose != NudgePurpose.STEP)
        .group_by(occurrences.c.id)
        .order_by(occurrences.c.due_at)
    )
    return [(to_occurrence(row), row.code) for row in conn.execute(query)]


def _open() -> Select[int]:
    return select(occurrences.c.id).where(occurrences.c.state == OccurrenceState.OPEN)


def to_occurrence(row: Row[Any]) -> Occurrence:
    """Read a row of the occurrences table."""
    return Occurrence(
        id=row.id,
        ritual_id=row.ritual_id,
        couple_id=row.couple_id,
        slot=row.slot,
        due_at=row.due_at,
        ends_at=row.ends_at,
        stamp=stamp_from_json(row.terms),
        prompt=row.prompt,
        state=OccurrenceState(row.state),
        reason=Excuse(row.reason) if row.reason else None,
        credit=row.credit,
        topic_sealed=row.topic_sealed,
    )
