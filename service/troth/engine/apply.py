"""apply: makes the store agree with schedule files, and tells what that changed.

What is running keeps the terms it was born with; a file decides only what comes next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from troth.delivery.courier import url_scheme
from troth.delivery.inbox_channel import SCHEME
from troth.domain.ritual import Ritual, first_occurrence
from troth.domain.rules import excused
from troth.domain.states import ChannelState, Excuse, NudgePurpose
from troth.engine import events
from troth.errors import TrothError
from troth.schedules.couple import CoupleSchedule, Way
from troth.store import channels, couples, ledger, nudges, occurrences, rituals
from troth.store.database import Database
from troth.store.records import Couple, ritual_to_json
from troth.store.vault import Vault

CONSENT_USE = timedelta(days=7)


class ChangeKind(StrEnum):
    """What happened to a thing of the store."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"


@dataclass(frozen=True)
class Change:
    """One line of the plan."""

    kind: ChangeKind
    couple: str
    what: str
    detail: str = ""


class _DryRun(Exception):  # noqa: N818 - no error: it takes the transaction back
    pass


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
    try:
        with db.writing() as conn:
            for schedule in schedules:
                changes += _apply_couple(conn, vault, schedule, now)
            changes += _retire_absent(conn, schedules, folders, now)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
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
    couple_id = couples.save_couple(conn, values)
    if before is None:
        yield Change(ChangeKind.ADDED, schedule.name, "couple")
    yield from _apply_partners(conn, vault, schedule, couple_id)
    couple = couples.load_couple(conn, couple_id)
    if before is not None and _plain(before) != _plain(couple):
        yield Change(ChangeKind.CHANGED, schedule.name, "couple")
    for partner in couple.partners:
        ways = schedule.ways[partner.key]
        for kind, detail in _apply_channels(conn, vault, couple, partner.id, ways, now):
            yield Change(kind, schedule.name, f"channel of {partner.key}", detail)
    moved = before is None or before.zones != couple.zones
    yield from _apply_rituals(conn, schedule, couple, now, moved=moved)


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
        }
        couples.save_partner(conn, vault, couple_id, key, values)
        if key not in known:
            yield Change(ChangeKind.ADDED, schedule.name, f"partner {key}")
        elif values != _partner_values(known[key]):
            yield Change(ChangeKind.CHANGED, schedule.name, f"partner {key}")


def _partner_values(partner: couples.Partner) -> dict[str, object]:
    quiet = str(partner.quiet) if partner.quiet else None
    return {"name": partner.name, "timezone": partner.zone.key, "quiet": quiet}


def _apply_channels(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    partner_id: int,
    ways: Sequence[Way],
    now: datetime,
) -> Iterable[tuple[ChangeKind, str]]:
    """Add, reorder and retire channels; a new one that is not the inbox asks its owner first."""
    held = {channel.id: channel for channel in channels.channels_of(conn, [partner_id])[partner_id]}
    kept = set()
    for position, way in enumerate(ways):
        found = channels.find_channel(conn, partner_id, vault.mark(way.url))
        if found is None:
            channel_id = _add_channel(conn, vault, couple, partner_id, position, way, now)
            kept.add(channel_id)
            yield ChangeKind.ADDED, url_scheme(way.url)
            continue
        kept.add(found)
        values = {"position": position, "sensitivity": way.sensitivity, "retired_at": None}
        channels.update_channel(conn, found, values)
        if found not in held:
            yield ChangeKind.ADDED, url_scheme(way.url)
        elif (held[found].position, held[found].sensitivity) != (position, way.sensitivity):
            yield ChangeKind.CHANGED, url_scheme(way.url)
    for channel_id in set(held) - kept:
        channels.update_channel(conn, channel_id, {"retired_at": now})
        nudges.withdraw_for_channel(conn, channel_id, "its channel was taken out")
        yield ChangeKind.RETIRED, held[channel_id].scheme


def _add_channel(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    partner_id: int,
    position: int,
    way: Way,
    now: datetime,
) -> int:
    scheme = url_scheme(way.url)
    is_inbox = scheme == SCHEME
    channel_id = channels.add_channel(
        conn,
        {
            "partner_id": partner_id,
            "position": position,
            "scheme": scheme,
            "url_sealed": vault.seal(way.url),
            "url_mark": vault.mark(way.url),
            "sensitivity": way.sensitivity,
            "state": ChannelState.CONFIRMED if is_inbox else ChannelState.UNCONFIRMED,
            "changed_at": now,
        },
    )
    if not is_inbox:
        consent = {
            "couple_id": couple.id,
            "partner_id": partner_id,
            "channel_id": channel_id,
            "occurrence_id": None,
            "purpose": NudgePurpose.CONSENT,
            "due_at": now,
            "expires_at": now + CONSENT_USE,
        }
        nudges.plan_nudges(conn, vault, [consent], now)
    return channel_id


def _apply_rituals(
    conn: Connection, schedule: CoupleSchedule, couple: Couple, now: datetime, *, moved: bool
) -> Iterable[Change]:
    held = rituals.rituals_of(conn, couple.id)
    for ritual in schedule.rituals:
        row = held.pop(ritual.key, None)
        change = _apply_ritual(conn, couple, ritual, row, now, moved=moved)
        if change:
            yield Change(change, schedule.name, f"ritual {ritual.key}", ritual.practice)
    for key, row in held.items():
        if row.retired_at is None:
            retire_ritual(conn, couple.id, row.id, key, now)
            yield Change(ChangeKind.RETIRED, schedule.name, f"ritual {key}")


def _apply_ritual(
    conn: Connection,
    couple: Couple,
    ritual: Ritual,
    row: Any,
    now: datetime,
    *,
    moved: bool,  # noqa: ANN401 - a row
) -> ChangeKind | None:
    """Write one ritual; its next slot is reckoned anew only where its schedule changed."""
    spec = ritual_to_json(ritual)
    returns = row is not None and row.retired_at is not None
    if row is not None and row.spec == spec and not moved and not returns:
        return None
    values: dict[str, Any] = {"spec": spec, "weight": ritual.weight, "retired_at": None}
    if row is None or moved or returns or _schedule(row.spec) != _schedule(spec):
        slot = first_occurrence(ritual, couple.zones, now)
        values["next_slot"] = slot.name if slot else None
        values["next_due"] = slot.starts_at if slot else None
    if row is None:
        rituals.add_ritual(conn, {"couple_id": couple.id, "key": ritual.key, **values})
        return ChangeKind.ADDED
    rituals.update_ritual(conn, row.id, values)
    return ChangeKind.ADDED if returns else ChangeKind.CHANGED


def _schedule(spec: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the part of a ritual that decides when it falls due."""
    return tuple(spec.get(name) for name in ("cron", "zone", "starts", "until", "holidays"))


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
            for key, row in rituals.rituals_of(conn, couple.id).items():
                if row.retired_at is None:
                    retire_ritual(conn, couple.id, row.id, key, now)
            couples.retire_couple(conn, couple.id, now)
            yield Change(ChangeKind.RETIRED, couple.name, "couple")


def retire_ritual(
    conn: Connection, couple_id: int, ritual_id: int, key: str, now: datetime
) -> None:
    """Let a ritual rest for good: what is open is excused, what is planned is taken back."""
    rituals.update_ritual(conn, ritual_id, {"retired_at": now, "next_due": None, "next_slot": None})
    paused = excused(Excuse.PAUSED)
    for occurrence_id in occurrences.open_of_ritual(conn, ritual_id):
        occurrence = occurrences.lock_occurrence(conn, occurrence_id)
        nudges.withdraw(conn, occurrence_id, "its ritual was retired")
        occurrences.settle(conn, occurrence_id, paused, now)
        ledger.append(conn, [events.occurrence_settled(occurrence, key, paused, now)])
