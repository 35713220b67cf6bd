"""The part of `apply` that deals with the seasons of a couple's file."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.season import Season
from troth.domain.slots import instant
from troth.domain.states import Origin, SeasonKind
from troth.engine.changes import ChangeKind
from troth.engine.mechanisms.seasons import end_now, schedule, tell_begun
from troth.schedules.models import SeasonForm
from troth.store import seasons
from troth.store.records import Couple
from troth.store.vault import Vault

_DAY = timedelta(days=1)


def apply_seasons(
    conn: Connection, vault: Vault, wanted: Iterable[SeasonForm], couple: Couple, now: datetime
) -> Iterable[tuple[ChangeKind, str]]:
    """Add, change and end the seasons that a file gives; yield (what happened, kind).

    One that was ended by reply stays so; what is long past is left as it was.
    """
    held = {(row.kind, row.starts_at): row for row in seasons.filed_seasons(conn, couple.id)}
    for form in wanted:
        starts_at = _starts(couple, form.starts)
        ends_at = _starts(couple, form.until + _DAY) if form.until else None
        row = held.pop((form.kind.value, starts_at), None)
        if row is None:
            if ends_at is None or ends_at > now:
                _add(conn, vault, couple, form.kind, starts_at, ends_at, now)
                yield ChangeKind.ADDED, form.kind
        elif row.ends_at != ends_at and not row.about.get("said"):
            seasons.end_season(conn, row.id, ends_at, row.about)
            schedule(conn, couple, Season(row.id, form.kind, starts_at, ends_at), now)
            yield ChangeKind.CHANGED, form.kind
    for row in held.values():
        if row.ends_at is None or row.ends_at > now:
            _take_out(conn, couple, row, now)
            yield ChangeKind.RETIRED, row.kind


def _starts(couple: Couple, day: date) -> datetime:
    return instant(datetime.combine(day, couple.day_starts), couple.zone)


def _add(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    kind: SeasonKind,
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
) -> None:
    added = seasons.add_season(conn, couple.id, kind, Origin.FILE, starts_at, ends_at)
    schedule(conn, couple, added, now)
    if starts_at <= now:
        tell_begun(conn, vault, couple, added, now)


def _take_out(conn: Connection, couple: Couple, row: Row[Any], now: datetime) -> None:
    season = Season(row.id, SeasonKind(row.kind), row.starts_at, row.ends_at)
    if season.starts_at <= now:
        end_now(conn, couple, [season], now)
    else:
        seasons.drop_season(conn, season.id)  # its occasions find it gone
