"""Verbs on occurrences: born once, settled, settled again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, select, update

from troth.domain.rules import Outcome
from troth.domain.score import HALF_LIFE
from troth.domain.states import Excuse, NudgePurpose, NudgeState, OccurrenceState
from troth.store.batches import given, insert_rows
from troth.store.records import Due, Occurrence, stamp_from_json
from troth.store.tables import couples, nudges, occurrences, replies, rituals

NEWEST = HALF_LIFE * 53  # older occurrences weigh less than a double can show

# Made once, for clocks ask at every moment: making them took longer than the look into the index.
_FIRST = tuple(
    select(column).where(condition).order_by(column).limit(1)
    for column, condition in (
        (occurrences.c.due_at, occurrences.c.announced.is_(False)),
        (occurrences.c.settle_at, occurrences.c.state == OccurrenceState.OPEN),
        (occurrences.c.follow_up_at, occurrences.c.follow_up_at.is_not(None)),
    )
)
_FIRST_SETTLED = (
    select(occurrences.c.settled_at)
    .where(occurrences.c.reviewed.is_(False))
    .order_by(occurrences.c.settled_at)
    .limit(1)
)


def bear(conn: Connection, births: Sequence[dict[str, Any]]) -> dict[tuple[int, str], int]:
    """Insert occurrences and return the ids of those that were not born before, by identity."""
    if not births:
        return {}
    insert = insert_rows(conn, occurrences, births).returning(
        occurrences.c.id, occurrences.c.ritual_id, occurrences.c.slot
    )
    rows = conn.execute(insert)
    return {(row.ritual_id, row.slot): row.id for row in rows}


def announce(conn: Connection, now: datetime, limit: int) -> list[Due]:
    """Mark occurrences whose moment has come; return them, the earliest first."""
    come = (
        select(occurrences.c.id)
        .where(occurrences.c.announced.is_(False), occurrences.c.due_at <= now)
        .order_by(occurrences.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    told = (
        update(occurrences)
        .where(occurrences.c.id.in_(select(come.cte("come").c.id)))
        .where(occurrences.c.announced.is_(False))
        .values(announced=True)
        .returning(occurrences.c.id)
    )
    return _dues(conn, list(conn.execute(told).scalars()))


def unbear(conn: Connection, couple_id: int, now: datetime) -> list[Due]:
    """Delete a couple's occurrences that are not due yet, with their nudges; return them.

    One of which a nudge is on its way stays, and one that was announced while we looked: another
    process's clock may be ahead of ours.
    """
    coming = (
        occurrences.c.couple_id == couple_id,
        occurrences.c.state == OccurrenceState.OPEN,
        occurrences.c.announced.is_(False),
        occurrences.c.due_at > now,
        ~exists().where(replies.c.occurrence_id == occurrences.c.id),  # somebody has answered it
    )
    ahead = set(conn.execute(select(occurrences.c.id).where(*coming)).scalars())
    if not ahead:
        return []
    theirs = select(nudges.c.occurrence_id, nudges.c.attempt)
    held = theirs.where(nudges.c.occurrence_id.in_(ahead)).with_for_update()
    ahead -= {row.occurrence_id for row in conn.execute(held) if row.attempt > 0}
    dues = _dues(conn, list(ahead))
    take_back = delete(occurrences).where(occurrences.c.id.in_(ahead), *coming)
    taken_back = set(conn.execute(take_back.returning(occurrences.c.id)).scalars())
    return [due for due in dues if due.id in taken_back]


def _dues(conn: Connection, ids: Sequence[int]) -> list[Due]:
    if not ids:
        return []
    batch = given(conn, [occurrences.c.id], [{"id": one} for one in ids])
    query = (
        select(
            occurrences.c.id,
            occurrences.c.couple_id,
            rituals.c.key,
            occurrences.c.slot,
            occurrences.c.due_at,
        )
        .join_from(batch, occurrences, occurrences.c.id == batch.c.id)
        .join(rituals, rituals.c.id == occurrences.c.ritual_id)
        .order_by(occurrences.c.due_at, occurrences.c.id)
    )
    return [
        Due(row.id, row.couple_id, row.key, row.slot, row.due_at) for row in conn.execute(query)
    ]


def has_slot(conn: Connection, ritual_id: int, slot: str) -> bool:
    """Say whether a ritual has an occurrence of this slot already."""
    query = select(occurrences.c.id).where(
        occurrences.c.ritual_id == ritual_id, occurrences.c.slot == slot
    )
    return conn.execute(query).first() is not None


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


def next_moment(conn: Connection) -> datetime | None:
    """Return when the next occurrence, reminder or window end comes, aware UTC."""
    found = [conn.execute(first).scalar() for first in _FIRST]
    return min((moment for moment in found if moment), default=None)


def settled_lately(conn: Connection) -> datetime | None:
    """Return when the first settled that nobody has reviewed, aware UTC."""
    moment: datetime | None = conn.execute(_FIRST_SETTLED).scalar()
    return moment


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
    query = select(occurrences.c.id).where(occurrences.c.reviewed.is_(False))
    return list(conn.execute(query.order_by(occurrences.c.id).limit(limit)).scalars())


def take_unreviewed(conn: Connection, ids: Collection[int]) -> list[int]:
    """Mark those of these that still wait for it as reviewed, and return them; couples are held."""
    ours = _take(conn, ids, occurrences.c.reviewed.is_(False))
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


def born_early(conn: Connection, couple_id: int, now: datetime) -> list[Occurrence]:
    """Return a couple's open occurrences whose moment is still to come."""
    query = select(occurrences).where(
        occurrences.c.couple_id == couple_id,
        occurrences.c.state == OccurrenceState.OPEN,
        occurrences.c.due_at > now,
    )
    return [to_occurrence(row) for row in conn.execute(query.order_by(occurrences.c.due_at))]


def recent_of(
    conn: Connection, couple_id: int, since: datetime, now: datetime, limit: int
) -> list[Occurrence]:
    """Return a couple's occurrences due from then until now, newest first."""
    query = select(occurrences).where(
        occurrences.c.couple_id == couple_id, occurrences.c.due_at.between(since, now)
    )
    newest = query.order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc()).limit(limit)
    return [to_occurrence(row) for row in conn.execute(newest)]


def newest_credits(conn: Connection, ritual_id: int) -> list[tuple[int, str, float]]:
    """Return (occurrence, slot, credit) of a ritual's scored occurrences, oldest first.

    Only so many as a double can feel: a score costs the same after thirty years as after one.
    """
    query = (
        select(occurrences.c.id, occurrences.c.slot, occurrences.c.credit)
        .where(occurrences.c.ritual_id == ritual_id, occurrences.c.credit.is_not(None))
        .order_by(occurrences.c.due_at.desc(), occurrences.c.id.desc())
        .limit(NEWEST)
    )
    return [(row.id, row.slot, row.credit) for row in reversed(conn.execute(query).all())]


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
