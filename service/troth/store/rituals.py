"""Verbs on rituals: what is due, and what comes next."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from troth.store.records import RitualRow
from troth.store.tables import occurrences, rituals


def due_rituals(conn: Connection, now: datetime, limit: int) -> list[RitualRow]:
    """Return rituals whose next slot has come, the longest waiting first."""
    query = select(rituals).where(rituals.c.next_due <= now)
    return [_ritual(row) for row in conn.execute(query.order_by(rituals.c.next_due).limit(limit))]


def next_due(conn: Connection) -> datetime | None:
    """Return when the next ritual falls due, aware UTC."""
    query = select(rituals.c.next_due).where(rituals.c.next_due.is_not(None))
    moment: datetime | None = conn.execute(query.order_by(rituals.c.next_due).limit(1)).scalar()
    return moment


def advance_ritual(
    conn: Connection, row: RitualRow, slot: str | None, due: datetime | None, *, births: int
) -> bool:
    """Move a ritual on to its next slot, unless another clock has done so."""
    moved = conn.execute(
        update(rituals)
        .where(rituals.c.id == row.id, rituals.c.next_slot == row.next_slot)
        .values(next_slot=slot, next_due=due, born=rituals.c.born + births, trouble=None)
    )
    return moved.rowcount > 0


def set_aside(conn: Connection, ritual_id: int, until: datetime, trouble: str) -> None:
    """Let a ritual that can't be read step aside until `until`, so that the loop goes on."""
    active = (rituals.c.id == ritual_id) & rituals.c.retired_at.is_(None)
    conn.execute(update(rituals).where(active).values(next_due=until, trouble=trouble))


def rituals_of(conn: Connection, couple_id: int) -> dict[str, Row[Any]]:
    """Return a couple's rituals by key, the retired ones too."""
    rows = conn.execute(select(rituals).where(rituals.c.couple_id == couple_id))
    return {row.key: row for row in rows}


def load_rituals(conn: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    """Return rituals by id."""
    return {row.id: row for row in conn.execute(select(rituals).where(rituals.c.id.in_(ids)))}


def add_ritual(conn: Connection, values: Mapping[str, Any]) -> int:
    """Insert a ritual; return its id."""
    return int(conn.execute(rituals.insert().values(**values).returning(rituals.c.id)).scalar_one())


def update_ritual(conn: Connection, ritual_id: int, values: Mapping[str, Any]) -> None:
    """Change a ritual."""
    conn.execute(update(rituals).where(rituals.c.id == ritual_id).values(**values))


def prompts_shown(conn: Connection, ritual_id: int, deck: int) -> dict[str, datetime]:
    """Return when each of a ritual's prompts was last shown, as far back as one whole deck."""
    query = (
        select(occurrences.c.prompt, occurrences.c.due_at)
        .where(occurrences.c.ritual_id == ritual_id, occurrences.c.prompt.is_not(None))
        .order_by(occurrences.c.due_at.desc())
        .limit(deck)
    )
    shown: dict[str, datetime] = {}
    for row in conn.execute(query):
        shown.setdefault(row.prompt, row.due_at)
    return shown


def troubled_rituals(conn: Connection) -> list[tuple[int, str]]:
    """Return the rituals that stepped aside, with why."""
    query = select(rituals.c.id, rituals.c.trouble).where(rituals.c.trouble.is_not(None))
    return [(row.id, row.trouble) for row in conn.execute(query)]


def _ritual(row: Row[Any]) -> RitualRow:
    return RitualRow(row.id, row.couple_id, row.spec, row.born, row.kept, row.next_slot)
