"""places: what is left of each partner's days, so that nobody is ever nudged too much."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from troth.domain.places import Days, Places
from troth.domain.ritual import occurrence_after
from troth.domain.slots import Slot, slot_at, slot_minute
from troth.domain.states import Mechanism
from troth.store import nudges, rituals
from troth.store.records import Couple, Partner, RitualRow, ritual_from_text

# By a partner, this very moment: it waits for no day. Of repairs there is one at a time.
ASKED_FOR = frozenset({Mechanism.TIMEOUT, Mechanism.REPAIR})
LATELY = timedelta(hours=26)  # a day, with the clocks going back twice


def places_of(conn: Connection, couples: Collection[Couple], now: datetime) -> dict[int, Places]:
    """Return what is left of their days by partner id, in one query; the couples are held."""
    days = {
        partner.id: Days(partner.zone, couple.day_starts, partner.quiet, partner.most_a_day)
        for couple in couples
        for partner in couple.partners
    }
    places = {partner_id: Places(each) for partner_id, each in days.items()}
    for row in nudges.unprompted(conn, list(days), now - LATELY, now):
        moment = row.sent_at or days[row.partner_id].leaves_at(max(row.not_before, now))
        if moment < row.expires_at:
            places[row.partner_id].take(moment)
    return places


def has_room(
    conn: Connection,
    couple: Couple,
    partner: Partner,
    places: Places,
    now: datetime,
    *,
    beside_asks: bool = True,
) -> bool:
    """Say whether something may leave now, and leaves room for what is asked later that day."""
    left = places.left(now)
    if left <= 0 or not beside_asks:
        return left > 0
    return left > _asks_today(conn, couple, partner, places, now)


def take_leave(
    conn: Connection, couple: Couple, partner: Partner, places: Places, now: datetime
) -> datetime:
    """Take a place for what may wait: today where asks leave room, else on a later morning."""
    return places.take_next(now, _asks_today(conn, couple, partner, places, now))


def _asks_today(
    conn: Connection, couple: Couple, partner: Partner, places: Places, now: datetime
) -> int:
    """Count how often a partner will yet be asked by rituals today."""
    today = places.days.day(now)
    until = places.days.end(today)
    coming = rituals.coming_of(conn, couple.id, until)
    asks = (ask for row in coming for ask in _asks(row, couple, partner, until))
    return sum(places.days.day(ask) == today for ask in asks)


def _asks(row: RitualRow, couple: Couple, partner: Partner, until: datetime) -> Iterable[datetime]:
    """Yield when a partner is asked by a ritual until then, aware UTC."""
    try:
        ritual = ritual_from_text(row.spec)
    except ValueError:  # a damaged row asks nobody
        return
    slot: Slot | None = slot_at(slot_minute(row.next_slot), couple.zones.of(ritual.zone))
    while slot is not None and slot.starts_at < until:
        if partner.key in slot.due:
            yield slot.due[partner.key]
        slot = occurrence_after(ritual, couple.zones, slot.minute)
