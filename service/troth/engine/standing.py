"""Where a couple stands: the score read from what its occurrences settled to."""

from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.score import RitualStanding, Settlement, Standing, combine, ritual_score, standing
from troth.domain.season import SeasonCount, counted
from troth.domain.tuning import tuning_of
from troth.store import ledger, past, rituals, seasons


def couple_standing(conn: Connection, couple_id: int) -> Standing:
    """Return the couple's standing now. Costs the same after thirty years as after one."""
    rows = _current(conn, couple_id)
    return combine(tuple(_ritual(conn, row) for row in rows), {row.key: row.weight for row in rows})


def folded_standing(conn: Connection, couple_id: int) -> Standing:
    """Return the same by folding the whole ledger: what `troth doctor` holds against it."""
    entries = ledger.settlements(conn, couple_id)
    return standing(
        (Settlement.from_event(revision, data) for revision, data in entries),
        {row.key: row.weight for row in _current(conn, couple_id)},
    )


def season_counts(conn: Connection, couple_id: int) -> tuple[SeasonCount, ...]:
    """Return each kind of season's own count: what was asked in it, and kept."""
    return counted(seasons.settled_in_seasons(conn, couple_id))


def _current(conn: Connection, couple_id: int) -> list[Row[Any]]:
    rows = rituals.rituals_of(conn, couple_id).values()
    scored = (
        row
        for row in rows
        if row.retired_at is None and row.weight > 0 and not tuning_of(row.tuned).rests
    )
    return sorted(scored, key=lambda row: int(row.id))


def _ritual(conn: Connection, row: Row[Any]) -> RitualStanding:
    newest = past.newest_credits(conn, row.id)
    return RitualStanding(
        ritual=row.key,
        score=ritual_score([credit for _, _, credit in newest]),
        scored=row.kept + row.partial + row.missed,
        excused=row.excused,
        kept=row.kept,
        partial=row.partial,
        missed=row.missed,
    )
