"""Verbs on rituals: what is due, and what comes next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Text,
    cast,
    select,
    true,
    update,
)

from troth.domain.states import Origin
from troth.store.batches import given
from troth.store.records import Due, RitualRow
from troth.store.tables import couples, occurrences, rituals
from troth.store.wakeup import wake


def take_due(conn: Connection, until: datetime, limit: int) -> list[RitualRow]:
    """Return rituals whose next slot comes by then, the longest waiting first.

    Their couples are held until the transaction ends; those that another holds are left out.
    """
    query = (
        _standing()
        .join(couples, couples.c.id == rituals.c.couple_id)
        .where(rituals.c.next_due <= until)
        .order_by(rituals.c.next_due)  # and by nothing more: a burst would be sorted each time
        .limit(limit)
    )
    held = query.with_for_update(of=couples, key_share=True, skip_locked=True)
    return [_ritual_row(row) for row in conn.execute(held)]


def coming_of(conn: Connection, couple_id: int, until: datetime) -> list[RitualRow]:
    """Return a couple's rituals whose next slot comes by then, the earliest first."""
    query = _standing().where(rituals.c.couple_id == couple_id, rituals.c.next_due <= until)
    return [_ritual_row(row) for row in conn.execute(query.order_by(rituals.c.next_due))]


def _standing() -> Select[Any]:
    text = cast(rituals.c.spec, Text).label("text")
    placed = (rituals.c.born, rituals.c.kept, rituals.c.next_slot, rituals.c.tuned)
    return select(rituals.c.id, rituals.c.couple_id, text, *placed)


def _ritual_row(row: Row[Any]) -> RitualRow:
    return RitualRow(row.id, row.couple_id, row.text, row.born, row.kept, row.next_slot, row.tuned)


def advance(conn: Connection, steps: Sequence[Mapping[str, Any]]) -> set[int]:
    """Move rituals on from their `slot` to their next; return the ids of those still there."""
    if not steps:
        return set()
    slot = Column("slot", rituals.c.next_slot.type)
    columns = [rituals.c.id, slot, rituals.c.next_slot, rituals.c.next_due, rituals.c.born]
    coming = given(conn, columns, steps)
    moved = (
        update(rituals)
        .where(rituals.c.id == coming.c.id, rituals.c.next_slot == coming.c.slot)
        .values(
            next_slot=coming.c.next_slot,
            next_due=coming.c.next_due,
            born=coming.c.born,
            trouble=None,
        )
    )
    return set(conn.execute(moved.returning(rituals.c.id)).scalars())


def step_back(conn: Connection, taken_back: Sequence[Due]) -> None:
    """Let rituals fall due again for occurrences that were taken back; a retired one rests on."""
    for due in sorted(taken_back, key=lambda one: one.due_at, reverse=True):
        back = update(rituals).where(
            rituals.c.couple_id == due.couple_id,
            rituals.c.key == due.ritual,
            rituals.c.retired_at.is_(None),
        )
        again = {"next_slot": due.slot, "next_due": due.due_at}
        conn.execute(back.values(**again, born=rituals.c.born - 1))
    wake(conn)


def set_aside(conn: Connection, ritual_ids: Collection[int], until: datetime) -> None:
    """Let rituals that can't be worked out step aside until `until`, so that the loop goes on."""
    if not ritual_ids:
        return
    active = rituals.c.id.in_(ritual_ids) & rituals.c.retired_at.is_(None)
    aside = {"next_due": until, "trouble": "its row could not be worked out"}
    conn.execute(update(rituals).where(active).values(**aside))


def count_birth(conn: Connection, ritual_id: int) -> None:
    """Count one more occurrence of a ritual, so that the next has the next wording."""
    counted = update(rituals).where(rituals.c.id == ritual_id)
    conn.execute(counted.values(born=rituals.c.born + 1))


def rituals_of(conn: Connection, couple_id: int) -> dict[str, Row[Any]]:
    """Return a couple's rituals by key, the retired ones too."""
    rows = conn.execute(select(rituals).where(rituals.c.couple_id == couple_id))
    return {row.key: row for row in rows}


def own_rituals(conn: Connection, couple_id: int) -> list[Row[Any]]:
    """Return the rituals that a couple does by the clock, by file or by reply, in their order."""
    rows = rituals_of(conn, couple_id).values()
    ours = (row for row in rows if row.origin != Origin.TROTH and row.retired_at is None)
    return sorted(ours, key=lambda row: int(row.id))


def practice_of(row: Row[Any]) -> str | None:
    """Return which practice a ritual is; None where its row is damaged."""
    return row.spec.get("practice") if isinstance(row.spec, dict) else None


def key_on_occasion(practice: str) -> str:
    """Return the key of the ritual that a practice is on occasion; no file can give such a key."""
    return f"{Origin.TROTH}.{practice}"


def load_rituals(conn: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    """Return rituals by id."""
    return {row.id: row for row in conn.execute(select(rituals).where(rituals.c.id.in_(ids)))}


def add_ritual(conn: Connection, values: Mapping[str, Any]) -> int:
    """Insert a ritual; return its id."""
    wake(conn)
    return int(conn.execute(rituals.insert().values(**values).returning(rituals.c.id)).scalar_one())


def update_ritual(conn: Connection, ritual_id: int, values: Mapping[str, Any]) -> None:
    """Change a ritual."""
    conn.execute(update(rituals).where(rituals.c.id == ritual_id).values(**values))
    wake(conn)


def prompts_shown(conn: Connection, decks: Mapping[int, int]) -> dict[int, dict[str, datetime]]:
    """Return when each prompt of these rituals was last shown, as far back as one whole deck.

    `decks` gives the size of each ritual's deck.
    """
    shown: dict[int, dict[str, datetime]] = {}
    for row in _last_cards(conn, decks):
        shown.setdefault(row.ritual_id, {}).setdefault(row.prompt, row.due_at)
    return shown


def _last_cards(conn: Connection, decks: Mapping[int, int]) -> Iterable[Row[Any]]:
    """Return the latest cards of each ritual, newest first; SQLite has no lateral join."""
    if not decks:
        return ()
    if conn.dialect.name == "sqlite":
        return (
            row
            for ritual_id, size in decks.items()
            for row in conn.execute(_cards(occurrences.c.ritual_id == ritual_id, size))
        )
    size = Column("size", Integer)
    rows = [{"id": ritual_id, "size": number} for ritual_id, number in decks.items()]
    batch = given(conn, [rituals.c.id, size], rows)
    cards = _cards(occurrences.c.ritual_id == batch.c.id, batch.c.size).lateral("cards")
    return conn.execute(select(cards).select_from(batch).join(cards, true()))


def _cards(where: ColumnElement[bool], size: Any) -> Select[Any]:  # noqa: ANN401 - number or column
    return (
        select(occurrences.c.ritual_id, occurrences.c.prompt, occurrences.c.due_at)
        .where(where, occurrences.c.prompt.is_not(None))
        .order_by(occurrences.c.due_at.desc())
        .limit(size)
    )


def troubled_rituals(conn: Connection) -> list[tuple[int, str]]:
    """Return the rituals that stepped aside, with why."""
    query = select(rituals.c.id, rituals.c.trouble).where(rituals.c.trouble.is_not(None))
    return [(row.id, row.trouble) for row in conn.execute(query)]
