"""Verbs on occasions: what will be asked at a moment that no cron gives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from troth.store.tables import couples, occasions
from troth.store.wakeup import wake


@dataclass(frozen=True)
class Occasion:
    """What opens an occurrence of a practice, or lets Troth say something, at an aware moment.

    `lead` is the key of the partner whose matter it is; `about` holds plain facts by name.
    """

    couple_id: int
    practice: str
    due_at: datetime
    lead: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    topic_sealed: str | None = field(default=None, repr=False)
    id: int = 0


def plan_occasion(conn: Connection, occasion: Occasion) -> int:
    """Write down what will be asked; return its id."""
    values = {
        "couple_id": occasion.couple_id,
        "practice": occasion.practice,
        "due_at": occasion.due_at,
        "lead": occasion.lead,
        "about": dict(occasion.about),
        "topic_sealed": occasion.topic_sealed,
    }
    inserted = conn.execute(occasions.insert().values(**values).returning(occasions.c.id))
    wake(conn)
    return int(inserted.scalar_one())


def due_occasions(conn: Connection, now: datetime, limit: int) -> list[int]:
    """Return the occasions whose moment has come."""
    query = select(occasions.c.id).where(occasions.c.opened_at.is_(None))
    due = query.where(occasions.c.due_at <= now).order_by(occasions.c.due_at, occasions.c.id)
    return list(conn.execute(due.limit(limit)).scalars())


def take_due(conn: Connection, ids: Collection[int], now: datetime) -> list[Occasion]:
    """Mark those of these that are due still as opened, and return them; their couples are held.

    What belongs to a couple that another holds is left out. A retired couple's come to nothing.
    """
    held = (
        select(occasions, couples.c.retired_at)
        .join(couples, couples.c.id == occasions.c.couple_id)
        .where(occasions.c.id.in_(ids), occasions.c.opened_at.is_(None))
        .where(occasions.c.due_at <= now)
        .order_by(occasions.c.due_at, occasions.c.id)
        .with_for_update(of=couples, key_share=True, skip_locked=True)
    )
    rows = conn.execute(held).all()
    taken = update(occasions).where(
        occasions.c.id.in_([row.id for row in rows]), occasions.c.opened_at.is_(None)
    )
    ours = set(conn.execute(taken.values(opened_at=now).returning(occasions.c.id)).scalars())
    return [_occasion(row) for row in rows if row.id in ours and row.retired_at is None]


def coming_occasions(conn: Connection, couple_id: int, practices: Sequence[str]) -> list[Occasion]:
    """Return a couple's occasions of these practices that are still to come, soonest first."""
    query = select(occasions).where(
        occasions.c.couple_id == couple_id,
        occasions.c.practice.in_(practices),
        occasions.c.opened_at.is_(None),
    )
    return [_occasion(row) for row in conn.execute(query.order_by(occasions.c.due_at))]


def lately(conn: Connection, couple_id: int, practice: str, since: datetime) -> list[Occasion]:
    """Return a couple's occasions of a practice due since then, opened or still to come."""
    query = select(occasions).where(
        occasions.c.couple_id == couple_id,
        occasions.c.practice == practice,
        occasions.c.due_at >= since,
    )
    return [_occasion(row) for row in conn.execute(query.order_by(occasions.c.id))]


def count(conn: Connection, couple_id: int, practice: str) -> int:
    """Return how many occasions of a practice a couple has had, or will have."""
    query = select(func.count()).where(
        occasions.c.couple_id == couple_id, occasions.c.practice == practice
    )
    return int(conn.execute(query).scalar_one())


def cancel(conn: Connection, ids: Collection[int]) -> None:
    """Let occasions that are still to come not come."""
    coming = occasions.c.id.in_(ids) & occasions.c.opened_at.is_(None)
    conn.execute(delete(occasions).where(coming))


def set_aside(conn: Connection, occasion_id: int, until: datetime) -> None:
    """Look at an occasion that can't be opened again only at `until`."""
    conn.execute(update(occasions).where(occasions.c.id == occasion_id).values(due_at=until))


def postpone(conn: Connection, occasion: Occasion, until: datetime) -> None:
    """Let an occasion whose moment had come open later; `waited` counts how often it had to."""
    about = {**occasion.about, "waited": str(waited(occasion) + 1)}
    later = update(occasions).where(occasions.c.id == occasion.id)
    conn.execute(later.values(due_at=until, opened_at=None, about=about))
    wake(conn)


def waited(occasion: Occasion) -> int:
    """Return how often an occasion had to wait for another day."""
    told = str(occasion.about.get("waited", ""))
    return int(told) if told.isdecimal() else 0


def _occasion(row: Row[Any]) -> Occasion:
    about = row.about if isinstance(row.about, dict) else {}  # else the row is damaged
    return Occasion(
        row.couple_id, row.practice, row.due_at, row.lead, about, row.topic_sealed, row.id
    )
