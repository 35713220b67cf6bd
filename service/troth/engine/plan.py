"""plan: rituals whose slot comes soon become occurrences with their first nudges.

A little ahead of the moment, so that at nine in the evening there is nothing left to do but send.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from troth.engine.births import (
    CATCH_UP,
    DueRitual,
    Move,
    decide,
    first_nudges,
    occurrence_row,
    step_row,
)
from troth.engine.places import places_of
from troth.store import births, channels, codes, couples, nudges, rituals, seasons
from troth.store.database import Database
from troth.store.records import RitualRow, ritual_from_text
from troth.store.vault import Vault

log = structlog.get_logger()

AHEAD = timedelta(minutes=2)  # less than the least interval of a ritual
FARTHEST = timedelta(days=2)  # what is born early is of the same day, or the night after
SET_ASIDE = timedelta(hours=1)


def plan(db: Database, vault: Vault, now: datetime, limit: int = 1_000) -> int:
    """Give birth to what falls due until a little after `now`; return how much was looked at.

    Couples that somebody else holds are left to them: clocks share the work.
    """
    with db.writing() as conn:
        rows = rituals.take_due(conn, now + AHEAD, limit)
        if rows:
            due = _load(conn, rows, now)
            moves = [move for ritual in due if (move := _decide_safely(ritual, now))]
            decided = {move.due.row.id for move in moves}
            rituals.set_aside(conn, {row.id for row in rows} - decided, now + SET_ASIDE)
            _apply(conn, vault, moves, now)
    return len(rows)


def plan_early(conn: Connection, vault: Vault, row: RitualRow, now: datetime) -> int | None:
    """Give birth to one ritual's next slot long before its time; return the occurrence's id.

    Its nudges wait for their moment as ever: only who has answered by then is not asked.
    """
    due = _load(conn, [row], now)
    move = _decide_safely(due[0], now) if due else None
    born = _apply(conn, vault, [move], now) if move else {}
    return next(iter(born.values()), None)


def _load(conn: Connection, rows: list[RitualRow], now: datetime) -> list[DueRitual]:
    """Load what deciding needs; a row whose spec or couple can't be read is left out."""
    whose = couples.load_couples(conn, {row.couple_id for row in rows})
    specs = {row.id: spec for row in rows if (spec := _read_safely(row)) is not None}
    decks = {ritual_id: len(spec.prompts) for ritual_id, spec in specs.items() if spec.prompts}
    shown = rituals.prompts_shown(conn, decks)
    held = seasons.seasons_between(conn, list(whose), now - CATCH_UP, now + FARTHEST)
    spared = [row.id for row in rows if row.couple_id in held]
    last = seasons.last_slots(conn, spared) if spared else {}
    return [
        DueRitual(
            row,
            whose[row.couple_id],
            specs[row.id],
            shown.get(row.id, {}),
            held.get(row.couple_id, ()),
            last.get(row.id),
        )
        for row in rows
        if row.id in specs and row.couple_id in whose
    ]


def _read_safely(row: RitualRow) -> Any:  # noqa: ANN401 - a ritual, or None
    try:
        return ritual_from_text(row.spec)
    except ValueError:
        log.warning("ritual.unreadable", ritual=row.id, couple=row.couple_id)
        return None


def _decide_safely(due: DueRitual, now: datetime) -> Move | None:
    """Decide, and let a row that raises step aside: one bad ritual must not stop the others."""
    try:
        return decide(due, now)
    except Exception:
        log.exception("ritual.undecidable", ritual=due.row.id, couple=due.couple.id)
        return None


def _apply(
    conn: Connection, vault: Vault, moves: list[Move], now: datetime
) -> dict[tuple[int, str], int]:
    """Write births and first nudges in one transaction; another clock's births stay its.

    Who moves the ritual on gives the birth, so that one that was retired meanwhile has none.
    """
    moved = rituals.advance(conn, [step_row(move) for move in moves])
    newborn = [(m.due, m.birth) for m in moves if m.birth is not None and m.due.row.id in moved]
    born = births.bear(conn, [occurrence_row(due, birth) for due, birth in newborn])
    partner_ids = {partner.id for due, _ in newborn for partner in due.couple.partners}
    ways = channels.confirmed_channels(conn, partner_ids)
    taken = codes.codes_in_use(conn, {due.couple.id for due, _ in newborn}, now - codes.CODE_REST)
    places = places_of(conn, {due.couple.id: due.couple for due, _ in newborn}.values(), now)
    planned: list[dict[str, Any]] = []
    for due, birth in newborn:
        occurrence_id = born.get((due.row.id, birth.slot.name))
        if occurrence_id is not None:
            planned += first_nudges(due.couple, birth, occurrence_id, ways, taken, places, now)
    nudges.plan_nudges(conn, vault, planned, now)
    return born
