"""Verbs on seasons: the times of a couple's life in which rituals grow lighter."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, or_, select, update

from troth.domain.season import Season
from troth.domain.states import OccurrenceState, Origin, SeasonKind
from troth.store.batches import is_one_of
from troth.store.tables import occurrences, rituals, seasons

_IS_SEASON = seasons.c.kind.in_([kind.value for kind in SeasonKind])  # a repair is none of these


def seasons_between(
    conn: Connection, couple_ids: Collection[int], since: datetime, until: datetime
) -> dict[int, tuple[Season, ...]]:
    """Return the seasons of these couples that hold at any time between two moments."""
    query = select(seasons).where(
        is_one_of(conn, seasons.c.couple_id, couple_ids),
        _IS_SEASON,
        seasons.c.starts_at <= until,
        or_(seasons.c.ends_at.is_(None), seasons.c.ends_at > since),
    )
    found: dict[int, tuple[Season, ...]] = {}
    for row in conn.execute(query.order_by(seasons.c.starts_at, seasons.c.id)):
        found[row.couple_id] = (*found.get(row.couple_id, ()), _season(row))
    return found


def seasons_at(conn: Connection, couple_id: int, moment: datetime) -> tuple[Season, ...]:
    """Return a couple's seasons that hold at a moment, the one begun last at the end."""
    return seasons_between(conn, [couple_id], moment, moment).get(couple_id, ())


def find_season(conn: Connection, season_id: int) -> Season | None:
    """Return one season."""
    row = conn.execute(select(seasons).where(seasons.c.id == season_id, _IS_SEASON)).first()
    return None if row is None else _season(row)


def filed_seasons(conn: Connection, couple_id: int) -> list[Row[Any]]:
    """Return the rows of a couple's seasons that their file has given."""
    mine = (seasons.c.couple_id == couple_id) & (seasons.c.origin == Origin.FILE)
    return list(conn.execute(select(seasons).where(mine, _IS_SEASON).order_by(seasons.c.id)))


def add_season(
    conn: Connection,
    couple_id: int,
    kind: SeasonKind,
    origin: Origin,
    starts_at: datetime,
    ends_at: datetime | None,
) -> Season:
    """Insert a season."""
    values = {"couple_id": couple_id, "kind": kind, "origin": origin, "about": {}}
    values |= {"starts_at": starts_at, "ends_at": ends_at}
    inserted = conn.execute(seasons.insert().values(**values).returning(seasons.c.id))
    return Season(int(inserted.scalar_one()), kind, starts_at, ends_at)


def end_season(
    conn: Connection, season_id: int, ends_at: datetime | None, about: Mapping[str, Any]
) -> None:
    """Let a season end at a moment, or with None whenever somebody says so."""
    mine = update(seasons).where(seasons.c.id == season_id)
    conn.execute(mine.values(ends_at=ends_at, about=dict(about)))


def about_season(conn: Connection, season_id: int) -> Mapping[str, Any]:
    """Return the plain facts that are kept with a season."""
    found: Mapping[str, Any] = conn.execute(
        select(seasons.c.about).where(seasons.c.id == season_id)
    ).scalar_one()
    return found


def drop_season(conn: Connection, season_id: int) -> None:
    """Delete a season that has not begun."""
    conn.execute(delete(seasons).where(seasons.c.id == season_id))


def last_slots(conn: Connection, ritual_ids: Collection[int]) -> dict[int, str]:
    """Return the newest slot of which each ritual has an occurrence; none where there is none."""
    newest = (
        select(occurrences.c.slot)
        .where(occurrences.c.ritual_id == rituals.c.id)
        .order_by(occurrences.c.slot.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(rituals.c.id, newest.label("slot"))
    rows = conn.execute(query.where(is_one_of(conn, rituals.c.id, ritual_ids)))
    return {row.id: row.slot for row in rows if row.slot is not None}


def settled_in_seasons(conn: Connection, couple_id: int) -> list[tuple[str, OccurrenceState]]:
    """Return (kind, state) of what was born in a season, and kept or excused for it."""
    kind = occurrences.c.terms["season"].as_string()
    query = (
        select(kind.label("kind"), occurrences.c.state)
        .join(rituals, rituals.c.id == occurrences.c.ritual_id)
        .where(occurrences.c.couple_id == couple_id, rituals.c.weight > 0, _counts())
        .where(kind.in_([each.value for each in SeasonKind]))
    )
    return [(row.kind, OccurrenceState(row.state)) for row in conn.execute(query)]


def _counts() -> ColumnElement[bool]:
    return or_(
        occurrences.c.state == OccurrenceState.KEPT,
        (occurrences.c.state == OccurrenceState.EXCUSED) & (occurrences.c.reason == "season"),
    )


def _season(row: Row[Any]) -> Season:
    return Season(row.id, SeasonKind(row.kind), row.starts_at, row.ends_at)
