"""The part of `apply` that deals with rituals: a next slot is reckoned only where one changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.ritual import Ritual, first_occurrence
from troth.domain.states import Excuse, Origin
from troth.domain.tuning import Changes, tuned, tuning_of, without
from troth.engine.changes import ChangeKind
from troth.engine.retuning import excuse_open, is_still
from troth.store import rituals
from troth.store.records import Couple, ritual_to_json


def apply_rituals(
    conn: Connection, wanted: Sequence[Ritual], couple: Couple, now: datetime, *, moved: bool
) -> Iterable[tuple[ChangeKind, str, str]]:
    """Add, change and retire a couple's rituals; yield (what happened, key, practice)."""
    known = rituals.rituals_of(conn, couple.id)
    held = {key: row for key, row in known.items() if _is_of_file(row, wanted)}
    for ritual in wanted:
        row = held.pop(ritual.key, None)
        change = _apply_ritual(conn, couple, ritual, row, now, moved=moved)
        if change:
            yield change, ritual.key, ritual.practice
    for key, row in held.items():
        if row.retired_at is None:
            retire_ritual(conn, row.id, key, now)
            yield ChangeKind.RETIRED, key, ""


def _is_of_file(row: Row[Any], wanted: Sequence[Ritual]) -> bool:
    """Say whether a file decides on a ritual: what came by reply it takes over by naming it."""
    practice = rituals.practice_of(row)
    named = any(row.key == ritual.key or practice == ritual.practice for ritual in wanted)
    return row.origin == Origin.FILE or (row.origin == Origin.REPLY and named)


def _apply_ritual(
    conn: Connection,
    couple: Couple,
    ritual: Ritual,
    row: Row[Any] | None,
    now: datetime,
    *,
    moved: bool,
) -> ChangeKind | None:
    """Write one ritual; its next slot is reckoned anew only where its schedule changed."""
    spec = ritual_to_json(ritual)
    returns = row is not None and row.retired_at is not None
    again = moved or returns or (row is not None and row.trouble is not None)
    if row is not None and row.spec == spec and row.origin == Origin.FILE and not again:
        return None
    values: dict[str, Any] = {"spec": spec, "weight": ritual.weight, "retired_at": None}
    values |= {"trouble": None, "origin": Origin.FILE}
    changes, is_newer = _left(row, spec), row is None or row.spec != spec or returns
    was_still = row is not None and is_still(row)
    if is_newer:  # the file says how to go on
        values |= {"tuned": dict(changes) or None, "dormant_at": None}
    is_other = row is None or again or was_still or _schedule(row.spec) != _schedule(spec)
    if is_other and (is_newer or not was_still):
        slot = first_occurrence(tuned(ritual, tuning_of(changes)), couple.zones, now)
        values["next_slot"] = slot.name if slot else None
        values["next_due"] = slot.starts_at if slot else None
    if row is None:
        rituals.add_ritual(conn, {"couple_id": couple.id, "key": ritual.key, **values})
        return ChangeKind.ADDED
    rituals.update_ritual(conn, row.id, values)
    return ChangeKind.ADDED if returns else ChangeKind.CHANGED


def _left(row: Row[Any] | None, spec: Mapping[str, Any]) -> Changes:
    """Return what was changed by reply and holds still beside what the file has now."""
    if row is None or not isinstance(row.spec, dict):
        return {}
    is_moved = row.spec.get("cron") != spec["cron"]
    return without(row.tuned, "rests", *(["hour"] if is_moved else []))


def _schedule(spec: object) -> tuple[Any, ...]:
    """Return the part of a ritual that decides when it falls due."""
    if not isinstance(spec, dict):  # a damaged row
        return ()
    return tuple(spec.get(name) for name in ("cron", "zone", "starts", "until", "holidays"))


def retire_ritual(conn: Connection, ritual_id: int, key: str, now: datetime) -> None:
    """Let a ritual rest for good: what is open is excused, what is planned is taken back."""
    resting = {"retired_at": now, "next_due": None, "next_slot": None, "trouble": None}
    rituals.update_ritual(conn, ritual_id, resting)
    excuse_open(conn, ritual_id, key, Excuse.PAUSED, "its ritual was retired", now)
