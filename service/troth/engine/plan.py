"""plan: rituals whose slot has come become occurrences with their first nudges."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import structlog
from sqlalchemy import Connection

from troth.domain.ladder import next_follow_up
from troth.domain.occurrence import Stamp, stamp, window_end
from troth.domain.ritual import Ritual, first_occurrence, occurrence_after
from troth.domain.slots import Slot, slot_at, slot_minute
from troth.domain.states import NudgePurpose, NudgeState, OccurrenceState
from troth.domain.turns import draw_card
from troth.engine import events
from troth.store import channels, couples, ledger, nudges, occurrences, rituals
from troth.store.database import Database
from troth.store.records import Couple, RitualRow, ritual_from_json, stamp_to_json
from troth.store.vault import Vault

log = structlog.get_logger()

CATCH_UP = timedelta(days=7)  # slots missed longer ago are passed over, not born
SET_ASIDE = timedelta(hours=1)
CODE_REST = timedelta(days=7)
UNREACHABLE = "no confirmed channel"


@dataclass(frozen=True)
class DueRitual:
    """A ritual whose slot has come, with all that deciding needs."""

    row: RitualRow
    couple: Couple
    ritual: Ritual
    shown: Mapping[str, datetime]


@dataclass(frozen=True)
class Birth:
    """An occurrence about to be born, with all that is stamped on it."""

    slot: Slot
    stamp: Stamp
    ends_at: datetime
    prompt: str | None


@dataclass(frozen=True)
class Move:
    """What one due ritual leads to: perhaps a birth, and the slot after it."""

    due: DueRitual
    birth: Birth | None
    coming: Slot | None


def plan(db: Database, vault: Vault, now: datetime, limit: int = 500) -> int:
    """Give birth to what is due at `now`; return how many rituals were looked at."""
    with db.reading() as conn:
        rows = rituals.due_rituals(conn, now, limit)
        due = _load(conn, rows) if rows else []
    _set_aside(db, {row.id for row in rows} - {ritual.row.id for ritual in due}, now)
    moves = [move for ritual in due if (move := _decide_safely(db, ritual, now))]
    if moves:
        with db.writing() as conn:
            _apply(conn, vault, moves, now)
    return len(rows)


def decide(due: DueRitual, now: datetime) -> Move:
    """Return the occurrence that is due, and the slot that follows. Pure."""
    ritual, zones = due.ritual, due.couple.zones
    slot = slot_at(slot_minute(due.row.next_slot), zones.of(ritual.zone))
    if slot.last_due_at < now - CATCH_UP:
        return Move(due, None, first_occurrence(ritual, zones, now - CATCH_UP))
    terms = stamp(ritual, slot, zones.name(ritual.zone), due.row.born, due.row.kept)
    prompt = draw_card(ritual.prompts, due.shown, str(due.row.id), in_order=ritual.prompts_in_order)
    birth = Birth(slot, terms, window_end(ritual, slot), prompt)
    return Move(due, birth, occurrence_after(ritual, zones, slot.minute))


def _load(conn: Connection, rows: list[RitualRow]) -> list[DueRitual]:
    """Load what deciding needs; a row whose spec can't be read is left out."""
    whose = couples.load_couples(conn, {row.couple_id for row in rows})
    readable = [
        (row, ritual)
        for row in rows
        if row.couple_id in whose and (ritual := _read_safely(row)) is not None
    ]
    return [
        DueRitual(
            row,
            whose[row.couple_id],
            ritual,
            rituals.prompts_shown(conn, row.id, len(ritual.prompts)) if ritual.prompts else {},
        )
        for row, ritual in readable
    ]


def _read_safely(row: RitualRow) -> Ritual | None:
    try:
        return ritual_from_json(row.spec)
    except ValueError:
        log.warning("ritual.unreadable", ritual=row.id, couple=row.couple_id)
        return None


def _decide_safely(db: Database, due: DueRitual, now: datetime) -> Move | None:
    """Decide, and let a row that raises step aside: one bad ritual must not stop the others."""
    try:
        return decide(due, now)
    except Exception:
        log.exception("ritual.undecidable", ritual=due.row.id, couple=due.couple.id)
        _set_aside(db, {due.row.id}, now)
        return None


def _set_aside(db: Database, ritual_ids: Collection[int], now: datetime) -> None:
    for ritual_id in ritual_ids:
        with db.writing() as conn:
            rituals.set_aside(conn, ritual_id, now + SET_ASIDE, "its row could not be worked out")


def _apply(conn: Connection, vault: Vault, moves: list[Move], now: datetime) -> None:
    """Write births, first nudges and ledger in one transaction; another clock's births stay its.

    Who moves the ritual on gives the birth, so that one that was retired meanwhile has none; all
    clocks take rituals in one order, so that they never wait for each other in a ring.
    """
    couples.hold(conn, {move.due.couple.id for move in moves})
    in_order = sorted(moves, key=lambda move: move.due.row.id)
    ours = [move for move in in_order if _advance(conn, move)]
    births = [(move.due, move.birth) for move in ours if move.birth]
    born = occurrences.bear(conn, [_occurrence_row(due, birth) for due, birth in births])
    partner_ids = {partner.id for due, _ in births for partner in due.couple.partners}
    ways = channels.confirmed_channels(conn, partner_ids)
    codes = nudges.codes_in_use(conn, {due.couple.id for due, _ in births}, now - CODE_REST)
    planned: list[dict[str, Any]] = []
    entries: list[ledger.Event] = []
    for due, birth in births:
        occurrence_id = born.get((due.row.id, birth.slot.name))
        if occurrence_id is not None:
            planned += _first_nudges(due.couple, birth, occurrence_id, ways, codes)
            entries.append(
                events.ritual_due(due.couple.id, occurrence_id, due.ritual.key, birth.slot)
            )
    nudges.plan_nudges(conn, vault, planned, now)
    ledger.append(conn, entries)


def _advance(conn: Connection, move: Move) -> bool:
    slot, due_at = (move.coming.name, move.coming.starts_at) if move.coming else (None, None)
    births = int(move.birth is not None)
    return rituals.advance_ritual(conn, move.due.row, slot, due_at, births=births)


def _occurrence_row(due: DueRitual, birth: Birth) -> dict[str, Any]:
    slot = birth.slot
    return {
        "ritual_id": due.row.id,
        "couple_id": due.couple.id,
        "slot": slot.name,
        "due_at": slot.starts_at,
        "ends_at": birth.ends_at,
        "settle_at": birth.ends_at,
        "follow_up_at": next_follow_up(slot.due, birth.stamp.remind, birth.ends_at, slot.starts_at),
        "terms": stamp_to_json(birth.stamp),
        "prompt": birth.prompt,
        "state": OccurrenceState.OPEN,
    }


def _first_nudges(
    couple: Couple,
    birth: Birth,
    occurrence_id: int,
    ways: Mapping[int, list[int]],
    codes: dict[int, set[int]],
) -> Iterable[dict[str, Any]]:
    """Yield one nudge a partner; where nobody may be reached, that is written down at once."""
    for partner in couple.partners:
        channel = next(iter(ways[partner.id]), None)
        taken = codes.setdefault(partner.id, set())
        code = next(n for n in count(1) if n not in taken)
        taken.add(code)
        yield {
            "couple_id": couple.id,
            "partner_id": partner.id,
            "occurrence_id": occurrence_id,
            "channel_id": channel,
            "purpose": NudgePurpose.RITUAL,
            "due_at": birth.slot.due[partner.key],
            "expires_at": birth.ends_at,
            "code": code,
            "state": NudgeState.FAILED if channel is None else NudgeState.PLANNED,
            "reason": UNREACHABLE if channel is None else None,
        }
