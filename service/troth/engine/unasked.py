"""unasked: "we did it" before anybody was asked opens today's occurrence, and answers it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.ritual import first_occurrence
from troth.domain.slots import day_of, slot_at, slot_minute
from troth.domain.tuning import tuned, tuning_of
from troth.domain.visible import normal_words
from troth.engine.plan import plan_early
from troth.engine.retuning import wake_one
from troth.engine.visit import Visit
from troth.store import births, occurrences, past, rituals
from troth.store.records import Occurrence, RitualRow, ritual_from_json, ritual_from_text
from troth.store.vault import Vault

A_DAY = timedelta(days=1)
MOST_RECENT = 50
LEAST_WORDS = 2  # "we did", "did it", in any language


def open_todays(conn: Connection, vault: Vault, visit: Visit) -> Occurrence | None:
    """Return today's occurrence, born early, where there is one ritual that can be meant.

    Where two come today, nobody can say which was done: then it is asked for in its time. A bare
    "yes" or "done" answers something, and who has nothing open may well mean yesterday's.
    """
    if len(normal_words(visit.reply.text)) < LEAST_WORDS:
        return None
    if any(_is_todays(visit, each.due_at) for each in _lately(conn, visit)):
        return None  # today has had one: who says it again means that
    early = births.born_early(conn, visit.couple.id, visit.now)
    open_already = [each.id for each in early if _is_todays(visit, each.due_at)]
    if open_already:  # the other has said so before
        is_one = len(open_already) == 1
        return occurrences.lock_occurrence(conn, open_already[0]) if is_one else None
    coming = rituals.coming_of(conn, visit.couple.id, visit.now + A_DAY)
    todays = [row for row in coming if _is_today(visit, row)]
    if not todays:
        todays = _woken(conn, visit)
    if len(todays) != 1:
        return None
    born = plan_early(conn, vault, todays[0], visit.now)
    return occurrences.lock_occurrence(conn, born) if born is not None else None


def _woken(conn: Connection, visit: Visit) -> list[RitualRow]:
    """Wake the one ritual that is quiet and would come today: it was done all the same."""
    quiet = [
        row for row in rituals.own_rituals(conn, visit.couple.id) if row.dormant_at is not None
    ]
    todays = [row for row in quiet if _would_come_today(visit, row)]
    if len(todays) != 1 or not wake_one(conn, visit.couple, todays[0].id, visit.now):
        return []
    coming = rituals.coming_of(conn, visit.couple.id, visit.now + A_DAY)
    return [row for row in coming if row.id == todays[0].id]


def _would_come_today(visit: Visit, row: Row[Any]) -> bool:
    try:
        ritual = tuned(ritual_from_json(row.spec), tuning_of(row.tuned))
    except ValueError:  # a damaged row
        return False
    slot = first_occurrence(ritual, visit.couple.zones, visit.now)
    return slot is not None and _is_todays(visit, slot.starts_at)


def _is_today(visit: Visit, row: RitualRow) -> bool:
    couple = visit.couple
    try:
        zone = couple.zones.of(ritual_from_text(row.spec).zone)
    except ValueError:  # a damaged row steps aside in its own time
        return False
    due = slot_at(slot_minute(row.next_slot), zone).starts_at
    return _is_todays(visit, due)


def _lately(conn: Connection, visit: Visit) -> list[Occurrence]:
    """Return what was asked of late, but for choices: "we did it" says nothing of those."""
    since = visit.now - 2 * A_DAY
    found = past.recent_of(conn, visit.couple.id, since, visit.now, MOST_RECENT)
    return [each for each in found if "occasion" not in each.stamp.about]  # no clock asked for it


def _is_todays(visit: Visit, moment: datetime) -> bool:
    return _day(visit, moment) == _day(visit, visit.now)


def _day(visit: Visit, moment: datetime) -> object:
    return day_of(moment, visit.couple.zone, visit.couple.day_starts)
