"""milestone: what was gathered is celebrated once, and never announced before."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.milestones import (
    BEDTIME,
    BEDTIME_PRACTICE,
    EVENINGS,
    days_reached,
    is_bedtime,
    next_days,
    of_days,
)
from troth.domain.slots import day_of
from troth.domain.states import OccurrenceState, Origin
from troth.engine import events
from troth.engine.called import called_ritual
from troth.engine.mechanisms.hooks import Scene
from troth.engine.speech import language_of
from troth.engine.telling import tell
from troth.store import ledger, milestones
from troth.store.records import Couple, Occurrence
from troth.store.vault import Vault

PRACTICE = "milestones"


def look_for_milestones(
    conn: Connection, scene: Scene, row: Row[Any], occurrence: Occurrence
) -> None:
    """Celebrate what this occurrence completes. One look is enough once everything is reached."""
    if occurrence.state is not OccurrenceState.KEPT or row.origin == Origin.TROTH:
        return
    known = milestones.reached(conn, scene.couple.id)
    _look_at_days(conn, scene, known)
    if scene.ritual.practice == BEDTIME_PRACTICE and BEDTIME not in known:
        _look_at_evenings(conn, scene, row)


def _look_at_days(conn: Connection, scene: Scene, known: Collection[str]) -> None:
    """Celebrate the highest that is new; what lies below it came in years before this was kept."""
    wanted, couple = next_days(known), scene.couple
    if wanted is None or milestones.times_kept(conn, couple.id) < wanted:
        return
    moments = milestones.kept_moments(conn, couple.id)
    count = len({day_of(moment, couple.zone, couple.day_starts) for moment in moments})
    new = days_reached(count, known)
    for days in new[:-1]:
        milestones.reach(conn, couple.id, of_days(days), scene.now)
    for days in new[-1:]:
        told = language_of(couple).say("milestone_days", days=days)
        celebrate(conn, scene.vault, couple, of_days(days), told, scene.now)


def _look_at_evenings(conn: Connection, scene: Scene, row: Row[Any]) -> None:
    if row.kept < EVENINGS:
        return
    first = milestones.first_kept(conn, row.id)
    if first and is_bedtime(row.kept, first, scene.now):
        told = language_of(scene.couple).say("milestone_bedtime")
        celebrate(conn, scene.vault, scene.couple, BEDTIME, told, scene.now)


def celebrate(
    conn: Connection, vault: Vault, couple: Couple, name: str, told: str, now: datetime
) -> bool:
    """Tell both, once, that they have reached this; `told` says what, in their language.

    Return whether it was the first time. The couple is held.
    """
    before = len(milestones.reached(conn, couple.id))
    if not milestones.reach(conn, couple.id, name, now):
        return False
    ledger.append(conn, [events.milestone_reached(couple.id, name, now)])
    texts = called_ritual(couple, PRACTICE).texts
    text = f"{texts[before % len(texts)]}\n\n{told}"
    tell(conn, vault, couple, {partner.key: text for partner in couple.partners}, now)
    return True
