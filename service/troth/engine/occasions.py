"""occasions: what no cron gives, such as a promise's day, is asked when its moment comes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from troth.domain.occurrence import stamp, window_end
from troth.domain.places import Places
from troth.domain.ritual import ZONE_COUPLE, Ritual
from troth.domain.slots import Slot
from troth.domain.states import Mechanism, Origin
from troth.engine.births import Birth, DueRitual, first_nudges, occurrence_row
from troth.engine.called import called_ritual
from troth.engine.mechanisms.hooks import Opening, Scene
from troth.engine.mechanisms.registry import OPENERS
from troth.engine.places import ASKED_FOR, has_room, places_of
from troth.engine.together import do_together
from troth.store import births, channels, codes, couples, nudges, occasions, rituals
from troth.store.database import Database
from troth.store.occasions import Occasion
from troth.store.records import Couple, RitualRow, ritual_to_json
from troth.store.vault import Vault

log = structlog.get_logger()

SET_ASIDE = timedelta(hours=1)
PATIENCE = 3  # days that an occasion lets ordinary asks go before it
A_MINUTE = timedelta(minutes=1)


def open_occasions(db: Database, vault: Vault, now: datetime, limit: int = 200) -> int:
    """Open the occasions whose moment has come; return how many that were."""
    with db.reading() as conn:
        waiting = occasions.due_occasions(conn, now, limit)

    def open_all(conn: Connection, ids: Sequence[int]) -> int:
        ours = occasions.take_due(conn, ids, now)
        for occasion in ours:
            open_occasion(conn, vault, occasion, now)
        return len(ours)

    def set_aside(conn: Connection, occasion_id: int) -> None:
        occasions.set_aside(conn, occasion_id, now + SET_ASIDE)

    return do_together(db, waiting, open_all, set_aside)


def open_occasion(conn: Connection, vault: Vault, occasion: Occasion, now: datetime) -> int | None:
    """Give birth to what an occasion asks; return its id, or None where it has no use any more.

    It waits for another day where either has had as much as they want today.
    """
    couple = couples.load_couple(conn, occasion.couple_id)
    ritual = called_ritual(couple, occasion.practice)
    places = {} if ritual.mechanism in ASKED_FOR else places_of(conn, [couple], now)
    if later := _has_to_wait(conn, couple, places, occasion, now):
        occasions.postpone(conn, occasion, later)
        return None
    scene = Scene(vault, couple, ritual, now)
    opener = OPENERS.get(ritual.mechanism) if ritual.mechanism else None
    opening = opener(conn, scene, occasion) if opener else Opening()
    if opening is None:
        log.info("occasion.passed", couple=couple.id, practice=occasion.practice)
        return None
    row = _row(conn, couple, ritual)
    birth = _birth(conn, couple, ritual, row, occasion, opening, now)
    due = DueRitual(row, couple, ritual, {})
    values = {**occurrence_row(due, birth), "topic_sealed": occasion.topic_sealed}
    born = births.bear(conn, [values])
    occurrence_id = next(iter(born.values()))
    rituals.count_birth(conn, row.id)
    ways = channels.confirmed_channels(conn, [partner.id for partner in couple.partners])
    taken = codes.codes_in_use(conn, {couple.id}, now - codes.CODE_REST)
    first = first_nudges(couple, birth, occurrence_id, ways, taken, places, now)
    topic = nudges.PAUSES if ritual.mechanism is Mechanism.TIMEOUT else None
    planned = [
        {**nudge, **_says(couple, birth, opening, nudge["partner_id"]), "topic": topic}
        for nudge in first
    ]
    nudges.plan_nudges(conn, vault, planned, now)
    return occurrence_id


def _has_to_wait(
    conn: Connection,
    couple: Couple,
    places: Mapping[int, Places],
    occasion: Occasion,
    now: datetime,
) -> datetime | None:
    """Return until when an occasion waits, if a partner's day is full, or will be by its asks.

    Whose every day is full of asks would never hear of it: some days on, it takes a place of one.
    """
    is_patient = occasions.waited(occasion) < PATIENCE
    full = [
        places[partner.id].room_after(now)
        for partner in couple.partners
        if partner.id in places
        and not has_room(conn, couple, partner, places[partner.id], now, beside_asks=is_patient)
    ]
    return max(full, default=None)


def _says(couple: Couple, birth: Birth, opening: Opening, partner_id: int) -> dict[str, object]:
    """Return what a first nudge asks of its own, of use until the last is asked what stays."""
    text = opening.says.get(couple.partner_by_id(partner_id).key)
    return {"text": text, "expires_at": birth.slot.last_due_at if text else birth.ends_at}


def _row(conn: Connection, couple: Couple, ritual: Ritual) -> RitualRow:
    """Return the ritual's row, written as the catalogue has it now."""
    key = rituals.key_on_occasion(ritual.practice)
    known = rituals.rituals_of(conn, couple.id).get(key)
    values = {"spec": ritual_to_json(ritual), "weight": ritual.weight, "origin": Origin.TROTH}
    if known is None:
        ritual_id = rituals.add_ritual(conn, {"couple_id": couple.id, "key": key, **values})
        return RitualRow(ritual_id, couple.id, "", 0, 0, "")
    rituals.update_ritual(conn, known.id, {**values, "retired_at": None})
    return RitualRow(known.id, couple.id, "", known.born, known.kept, "")


def _birth(
    conn: Connection,
    couple: Couple,
    ritual: Ritual,
    row: RitualRow,
    occasion: Occasion,
    opening: Opening,
    now: datetime,
) -> Birth:
    """Stamp what is asked; of several in one minute, each has a minute of its own as identity."""
    minute = now.astimezone(couple.zone).replace(tzinfo=None, second=0, microsecond=0)
    while births.has_slot(conn, row.id, minute.isoformat(timespec="minutes")):
        minute += A_MINUTE
    asked = opening.asks or {partner.key: "" for partner in couple.partners}
    slot = Slot(minute, {key: opening.due.get(key, now) for key in asked})
    if opening.window is not None:
        ritual = replace(ritual, window=opening.window)
    if opening.remind is not None:
        ritual = replace(ritual, remind=opening.remind)
    terms = stamp(ritual, slot, couple.zones.name(ZONE_COUPLE), row.born, row.kept)
    terms = replace(
        terms,
        lead=occasion.lead,
        asks={key: text or terms.asks[key] for key, text in asked.items()},
        choices=dict(opening.choices),
        about={**occasion.about, "occasion": str(occasion.id)},
    )
    return Birth(slot, terms, window_end(ritual, slot), opening.prompt)
