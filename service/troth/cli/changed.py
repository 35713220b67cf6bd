"""What couples changed by reply, laid over their files: for looking ahead where a store is."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from troth.bootstrap import open_store
from troth.domain.tuning import tuned, tuning_of
from troth.engine.retuning import is_still
from troth.errors import TrothError
from troth.schedules.couple import CoupleSchedule
from troth.settings import Settings, load_settings
from troth.store import couples, rituals


def as_changed(schedules: Sequence[CoupleSchedule]) -> list[CoupleSchedule]:
    """Return the couples with what they changed by reply; as filed where there is no store."""
    try:
        settings = load_settings()
        if not _has_store(settings):
            return list(schedules)
        store = open_store(settings)
    except TrothError:  # looking ahead needs none
        return list(schedules)
    try:
        with store.db.reading() as conn:
            return [_changed(conn, schedule) for schedule in schedules]
    finally:
        store.db.close()


def _has_store(settings: Settings) -> bool:
    return settings.database_url is not None or (settings.data / "troth.db").exists()


def _changed(conn: Connection, schedule: CoupleSchedule) -> CoupleSchedule:
    known = couples.find_couple(conn, schedule.name)
    rows = rituals.rituals_of(conn, known.id) if known else {}
    going = [
        each for each in schedule.rituals if each.key not in rows or not is_still(rows[each.key])
    ]
    return replace(
        schedule,
        rituals=tuple(
            tuned(each, tuning_of(rows[each.key].tuned if each.key in rows else None))
            for each in going
        ),
    )
