"""follow_up: who was reached and has not answered gets a gentle reminder, by the next channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from troth.domain.ladder import next_channel, next_follow_up, partners_to_remind
from troth.domain.states import NudgePurpose
from troth.engine.places import has_room, places_of
from troth.engine.planned import nudge_about
from troth.engine.together import do_together
from troth.store import channels, codes, couples, nudges, occurrences, replies
from troth.store.database import Database
from troth.store.records import Occurrence, Partner
from troth.store.vault import Vault

SET_ASIDE = timedelta(hours=1)


def follow_up(db: Database, vault: Vault, now: datetime, limit: int = 200) -> int:
    """Plan the reminders whose moment has come; return of how many occurrences."""
    with db.reading() as conn:
        waiting = occurrences.following_up(conn, now, limit)

    def remind_all(conn: Connection, ids: Sequence[int]) -> int:
        ours = occurrences.take_following(conn, ids, now)
        for occurrence_id in ours:
            _remind(conn, vault, occurrence_id, now)
        return len(ours)

    def set_aside(conn: Connection, occurrence_id: int) -> None:
        occurrences.set_follow_up(conn, occurrence_id, now + SET_ASIDE)

    return do_together(db, waiting, remind_all, set_aside)


def _remind(conn: Connection, vault: Vault, occurrence_id: int, now: datetime) -> None:
    """Decide on a held row: two clocks take turns, and the second finds the reminder planned."""
    occurrence = occurrences.lock_occurrence(conn, occurrence_id)
    stamp = occurrence.stamp
    coming = next_follow_up(stamp.due, stamp.remind, occurrence.ends_at, now)
    occurrences.set_follow_up(conn, occurrence_id, coming if occurrence.is_open else None)
    if not occurrence.is_open or occurrence.ends_at <= now:
        return
    said = replies.acknowledgements(conn, occurrence_id)
    accounts = {partner: word.account for partner, word in said.items()}
    rungs = nudges.rungs(conn, occurrence_id)
    chosen = partners_to_remind(stamp.terms, stamp.due, stamp.remind, accounts, rungs, now)
    couple = couples.load_couple(conn, occurrence.couple_id)
    silent = [partner for partner in couple.partners if partner.key in chosen]
    if silent:
        places = places_of(conn, [couple], now)
        silent = [
            partner
            for partner in silent
            if has_room(conn, couple, partner, places[partner.id], now)
        ]
    ways = channels.confirmed_channels(conn, [partner.id for partner in silent])
    planned = [
        _reminder(conn, occurrence, partner, channel, now)
        for partner in silent
        if (channel := next_channel(ways[partner.id], _tried(conn, occurrence, partner)))
    ]
    nudges.plan_nudges(conn, vault, planned, now)


def _tried(conn: Connection, occurrence: Occurrence, partner: Partner) -> list[int]:
    mine = [n for n in nudges.nudges_of(conn, occurrence.id) if n.partner_id == partner.id]
    return [nudge.channel_id for nudge in mine if nudge.channel_id is not None]


def _reminder(
    conn: Connection, occurrence: Occurrence, partner: Partner, channel: int, now: datetime
) -> dict[str, Any]:
    code = codes.code_of(conn, occurrence.id, partner.id)
    return nudge_about(occurrence, partner, channel, NudgePurpose.REMINDER, now, code=code)
