"""Foresight: when a couple's rituals come for one partner, worked out ahead of their birth."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from troth.domain.ritual import Ritual, occurrence_after
from troth.domain.slots import slot_at, slot_minute
from troth.store import births, rituals
from troth.store.records import Couple, Partner, ritual_from_json, ritual_if_sound

log = structlog.get_logger()

MOST_OF_ONE = 400  # occurrences of one ritual: a demo's may come every minute


@dataclass(frozen=True)
class Moment:
    """One coming occurrence of a ritual, at an aware UTC moment; `slot` is its identity."""

    ritual_id: int
    ritual: Ritual
    slot: str
    at: datetime

    @property
    def title(self) -> str:
        """The ritual's title."""
        return self.ritual.title

    @property
    def practice(self) -> str:
        """The ritual's practice."""
        return self.ritual.practice


def foreseen(
    conn: Connection, couple: Couple, partner: Partner, now: datetime, until: datetime
) -> list[Moment]:
    """Return what comes for a partner after aware `now` and before `until`, the soonest first.

    One ritual that can't be worked out steps aside. What is asleep, and has to be woken, comes not.
    """
    coming: list[Moment] = []
    for row in rituals.rituals_of(conn, couple.id).values():
        if row.next_slot and not (row.retired_at or row.trouble or row.dormant_at):
            coming += _moments_safely(row, couple, partner, now, until)
    coming += _born(conn, couple, partner, now, until)
    return sorted(coming, key=lambda moment: (moment.at, moment.ritual_id))


def _moments_safely(
    row: Row[Any], couple: Couple, partner: Partner, now: datetime, until: datetime
) -> list[Moment]:
    try:
        return list(_moments(row, couple, partner, now, until))
    except Exception:
        log.exception("ritual.unforeseeable", ritual=row.id, couple=couple.id)
        return []


def _moments(
    row: Row[Any], couple: Couple, partner: Partner, now: datetime, until: datetime
) -> Iterable[Moment]:
    ritual = ritual_from_json(row.spec)
    slot = slot_at(slot_minute(row.next_slot), couple.zones.of(ritual.zone))
    for _ in range(MOST_OF_ONE):
        if slot.starts_at >= until:
            return
        at = slot.due[partner.key]
        if now < at < until:
            yield Moment(row.id, ritual, slot.name, at)
        following = occurrence_after(ritual, couple.zones, slot.minute)
        if following is None:
            return
        slot = following


def _born(
    conn: Connection, couple: Couple, partner: Partner, now: datetime, until: datetime
) -> Iterable[Moment]:
    """Yield what is born already and still to come: answered early, or a minute away."""
    early = births.born_early(conn, couple.id, now)
    rows = rituals.load_rituals(conn, {each.ritual_id for each in early})
    for each in early:
        at = each.stamp.due.get(partner.key)
        ritual = ritual_if_sound(rows[each.ritual_id].spec)
        if ritual and at is not None and now < at < until:
            yield Moment(each.ritual_id, ritual, each.slot, at)
