"""apply: makes the store agree with schedule files, and tells what that changed.

What is running keeps the terms it was born with; a file decides only what comes next.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from troth.engine import events
from troth.engine.apply_channels import apply_channels
from troth.engine.apply_rituals import apply_rituals, retire_ritual
from troth.engine.apply_seasons import apply_seasons
from troth.engine.changes import Change, ChangeKind
from troth.engine.mechanisms.beginning import plan_first
from troth.engine.own_timeout import apply_timeout
from troth.engine.recall import recall
from troth.engine.standing import couple_standing
from troth.errors import TrothError
from troth.schedules.couple import CoupleSchedule
from troth.store import couples, ledger, nudges, rituals
from troth.store.database import Database
from troth.store.records import Couple, Partner
from troth.store.vault import Vault


def apply(
    db: Database,
    vault: Vault,
    schedules: Sequence[CoupleSchedule],
    folders: Sequence[Path],
    now: datetime,
    *,
    dry_run: bool = False,
) -> list[Change]:
    """Bring the store in line in one transaction; return the plan. Twice changes nothing.

    Couples that once came from one of `folders` and stand there no more are retired. A dry run
    does all of it and takes it back.
    """
    changes: list[Change] = []
    with db.rehearsing() if dry_run else db.writing() as conn:
        couples.hold_named(conn, [schedule.name for schedule in schedules])
        for schedule in schedules:
            changes += _apply_couple(conn, vault, schedule, now)
        changes += _retire_absent(conn, schedules, folders, now)
    return changes


def _apply_couple(
    conn: Connection, vault: Vault, schedule: CoupleSchedule, now: datetime
) -> Iterable[Change]:
    before = couples.find_couple(conn, schedule.name)
    values = {
        "name": schedule.name,
        "timezone": schedule.form.timezone,
        "day_starts": f"{schedule.form.day_starts:%H:%M}",
        "language": schedule.form.language,
        "source": str(schedule.source),
    }
    if before is not None:
        recall(conn, before.id, now)
    couple_id = couples.save_couple(conn, values)
    if before is None:
        yield Change(ChangeKind.ADDED, schedule.name, "couple")
    yield from _apply_partners(conn, vault, schedule, couple_id)
    couple = couples.load_couple(conn, couple_id)
    apply_timeout(conn, vault, couple, schedule.form.timeout)
    if before is not None and _plain(before) != _plain(couple):
        yield Change(ChangeKind.CHANGED, schedule.name, "couple")
    for partner in couple.partners:
        ways = schedule.ways[partner.key]
        for kind, detail in apply_channels(conn, vault, couple, partner.id, ways, now):
            yield Change(kind, schedule.name, f"channel of {partner.key}", detail)
    moved = before is None or before.zones != couple.zones
    stood = couple_standing(conn, couple_id) if before is not None else None
    for kind, key, practice in apply_rituals(conn, schedule.rituals, couple, now, moved=moved):
        yield Change(kind, schedule.name, f"ritual {key}", practice)
    for kind, season in apply_seasons(conn, vault, schedule.form.seasons, couple, now):
        yield Change(kind, schedule.name, "season", season)
    if schedule.form.begin or not schedule.form.rituals:
        plan_first(conn, couple, now)
    stands = couple_standing(conn, couple_id)
    if stood is not None and stands.score != stood.score:
        ledger.append(conn, [events.score_changed(couple_id, stands, now)])


def _plain(couple: Couple) -> tuple[object, ...]:
    return (couple.zone, couple.day_starts, couple.language)


def _apply_partners(
    conn: Connection, vault: Vault, schedule: CoupleSchedule, couple_id: int
) -> Iterable[Change]:
    known = {partner.key: partner for partner in couples.load_couple(conn, couple_id).partners}
    strangers = sorted(set(known) - set(schedule.form.partners))
    if strangers:
        raise TrothError(
            f"{schedule.source}: the partners of '{schedule.name}' are {' and '.join(known)} in "
            f"the store; keep their keys (a name may change), or give the couple a new name"
        )
    for key, form in schedule.form.partners.items():
        values = {
            "name": form.name,
            "timezone": schedule.form.partner_zone(key).key,
            "quiet": str(form.quiet) if form.quiet else None,
            "most_a_day": form.nudges_a_day,
        }
        couples.save_partner(conn, vault, couple_id, key, values)
        if key not in known:
            yield Change(ChangeKind.ADDED, schedule.name, f"partner {key}")
        elif values != _partner_values(known[key]):
            yield Change(ChangeKind.CHANGED, schedule.name, f"partner {key}")


def _partner_values(partner: Partner) -> dict[str, object]:
    quiet = str(partner.quiet) if partner.quiet else None
    return {
        "name": partner.name,
        "timezone": partner.zone.key,
        "quiet": quiet,
        "most_a_day": partner.most_a_day,
    }


def _retire_absent(
    conn: Connection,
    schedules: Sequence[CoupleSchedule],
    folders: Sequence[Path],
    now: datetime,
) -> Iterable[Change]:
    named = {schedule.name for schedule in schedules}
    for couple in couples.all_couples(conn):
        inside = any(Path(couple.source).is_relative_to(folder.resolve()) for folder in folders)
        if inside and couple.name not in named:
            recall(conn, couple.id, now)
            for key, row in rituals.rituals_of(conn, couple.id).items():
                if row.retired_at is None:
                    retire_ritual(conn, row.id, key, now)
            nudges.withdraw_for_couple(conn, couple.id, "its couple was retired")
            couples.retire_couple(conn, couple.id, now)
            yield Change(ChangeKind.RETIRED, couple.name, "couple")
