"""retuning: what was changed on a ritual by reply; how it falls quiet, and wakes again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.ritual import Ritual, first_occurrence, occurrence_after
from troth.domain.rules import excused
from troth.domain.slots import Slot, slot_minute
from troth.domain.states import Excuse
from troth.domain.tuning import Changes, changed, tuned, tuning_of, without
from troth.engine import events
from troth.engine.recall import recall
from troth.store import ledger, nudges, occurrences, rituals, seasons
from troth.store.records import Couple, ritual_from_json


def is_still(row: Row[Any]) -> bool:
    """Say whether a ritual asks nothing by now: it is dormant, or rests."""
    return row.dormant_at is not None or tuning_of(row.tuned).rests


def retune(
    conn: Connection,
    couple: Couple,
    key: str,
    answered: int,
    change: Mapping[str, Any] | None,
    now: datetime,
    *,
    dormant_at: datetime | None = None,
) -> None:
    """Lay what an answer to occurrence `answered` changed over a ritual; None takes it back."""
    recall(conn, couple.id, now)
    row = rituals.rituals_of(conn, couple.id).get(key)
    if row is not None and row.retired_at is None:
        _set(conn, couple, row, changed(row.tuned, answered, change), dormant_at, now)


def fall_quiet(conn: Connection, couple: Couple, ritual_id: int, now: datetime) -> None:
    """Let a ritual ask nothing until somebody says how to go on; what is open is excused."""
    recall(conn, couple.id, now)
    row = rituals.load_rituals(conn, [ritual_id])[ritual_id]
    _set(conn, couple, row, without(row.tuned), now, now)
    excuse_open(conn, ritual_id, row.key, Excuse.DORMANT, "its ritual has fallen quiet", now)


def wake_one(conn: Connection, couple: Couple, ritual_id: int, now: datetime) -> bool:
    """Let a dormant ritual go on as before; return whether it was dormant."""
    row = rituals.load_rituals(conn, [ritual_id])[ritual_id]
    if row.dormant_at is None or row.retired_at is not None:
        return False
    _set(conn, couple, row, without(row.tuned), None, now)
    return True


def wake_all(conn: Connection, couple: Couple, now: datetime) -> bool:
    """Let every ritual that is dormant or rests go on; return whether there was one."""
    still = [row for row in rituals.own_rituals(conn, couple.id) if is_still(row)]
    for row in still:
        _set(conn, couple, row, without(row.tuned, "rests"), None, now)
    return bool(still)


def excuse_open(
    conn: Connection, ritual_id: int, key: str, reason: Excuse, because: str, now: datetime
) -> None:
    """Settle what is open of a ritual that asks nothing any more."""
    outcome = excused(reason)
    for occurrence_id in occurrences.open_of_ritual(conn, ritual_id):
        occurrence = occurrences.lock_occurrence(conn, occurrence_id)
        nudges.withdraw(conn, occurrence_id, because)
        occurrences.settle(conn, occurrence, outcome, now)
        ledger.append(conn, [events.occurrence_settled(occurrence, key, outcome, now)])


def _set(
    conn: Connection,
    couple: Couple,
    row: Row[Any],
    changes: Changes,
    dormant_at: datetime | None,
    now: datetime,
) -> None:
    """Write a ritual's tuning; its next slot is reckoned anew where that may be another one."""
    values: dict[str, Any] = {"tuned": dict(changes) or None, "dormant_at": dormant_at}
    before, after = tuning_of(row.tuned), tuning_of(changes)
    if dormant_at is not None or after.rests:
        values |= {"next_slot": None, "next_due": None}
    elif is_still(row) or before.hour != after.hour:
        ritual = tuned(ritual_from_json(row.spec), after)
        slot = _coming(conn, row.id, ritual, couple, now)
        values["next_slot"] = slot.name if slot else None
        values["next_due"] = slot.starts_at if slot else None
    rituals.update_ritual(conn, row.id, values)


def _coming(
    conn: Connection, ritual_id: int, ritual: Ritual, couple: Couple, now: datetime
) -> Slot | None:
    """Return the first slot from now on of a day that has had none: it may have moved to later."""
    last = seasons.last_slots(conn, [ritual_id]).get(ritual_id)
    slot = first_occurrence(ritual, couple.zones, now)
    while last and slot and slot.minute.date() <= slot_minute(last).date():
        slot = occurrence_after(ritual, couple.zones, slot.minute)
    return slot
