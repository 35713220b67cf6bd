"""chosen: rituals that came by reply. No file retires them; one that names the same takes over."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.ritual import Ritual, first_occurrence
from troth.domain.states import Origin
from troth.engine.apply_rituals import retire_ritual
from troth.engine.recall import recall
from troth.store import rituals
from troth.store.records import Couple, ritual_to_json


def add_chosen(conn: Connection, couple: Couple, ritual: Ritual, now: datetime) -> datetime:
    """Let a ritual begin, under its practice's name; return its first moment, aware UTC."""
    slot = first_occurrence(ritual, couple.zones, now)
    if slot is None:
        raise ValueError(f"{ritual.practice} is opened by no clock")
    known = rituals.rituals_of(conn, couple.id)
    key = ritual.key
    while key in known and known[key].retired_at is None:  # the couple's own, of another practice
        key += "-too"
    values = {"spec": ritual_to_json(ritual), "weight": ritual.weight, "origin": Origin.REPLY}
    values |= {"next_slot": slot.name, "next_due": slot.starts_at, "retired_at": None}
    if key in known:
        rituals.update_ritual(conn, known[key].id, values)
    else:
        rituals.add_ritual(conn, {"couple_id": couple.id, "key": key, **values})
    return slot.starts_at


def retire_chosen(conn: Connection, couple_id: int, row: Row[Any], now: datetime) -> None:
    """Let go a ritual that nobody chooses any more."""
    recall(conn, couple_id, now)
    retire_ritual(conn, row.id, row.key, now)
