"""Everything about nudges in hand, for a whole batch in one query."""

from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, Row, Select, Text, cast, exists, select

from troth.domain.grammar import Verb
from troth.domain.quiet import QuietHours
from troth.domain.states import ChannelState, NudgePurpose, OccurrenceState, Sensitivity
from troth.store.batches import given
from troth.store.nudges import to_nudge
from troth.store.records import Channel, Parcel, ritual_from_text, stamp_from_text
from troth.store.replies import ACCOUNTS
from troth.store.tables import channels, couples, nudges, occurrences, partners, replies, rituals

log = structlog.get_logger()

_COLUMNS = (
    couples.c.name.label("names"),
    couples.c.language,
    partners.c.key.label("partner"),
    partners.c.timezone,
    partners.c.quiet,
    partners.c.paused_until,
    channels.c.position,
    channels.c.scheme,
    channels.c.provider,
    channels.c.url_sealed,
    channels.c.sensitivity,
    channels.c.answers_by,
    channels.c.state.label("channel_state"),
    channels.c.retired_at.label("channel_retired_at"),
    occurrences.c.state.label("occurrence_state"),
    cast(occurrences.c.terms, Text).label("terms"),
    occurrences.c.prompt,
    occurrences.c.topic_sealed,
    occurrences.c.ritual_id,
    cast(rituals.c.spec, Text).label("spec"),
)


def load_parcels(conn: Connection, nudge_ids: Collection[int]) -> list[Parcel]:
    """Return what is known of these nudges; one whose rows can't be read is left out."""
    if not nudge_ids:
        return []
    ours = given(conn, [nudges.c.id], [{"id": nudge_id} for nudge_id in nudge_ids])
    rows = conn.execute(_query().join(ours, ours.c.id == nudges.c.id)).all()
    return [parcel for row in rows if (parcel := _read(row)) is not None]


def _query() -> Select[Any]:
    is_step = nudges.c.purpose == NudgePurpose.STEP
    # Steps end with what either says after they were begun, and begin anew after that.
    ends_steps = is_step & (replies.c.received_at > nudges.c.created_at)
    ended = exists().where(
        replies.c.occurrence_id == nudges.c.occurrence_id,
        replies.c.verb.in_((*ACCOUNTS, Verb.ENOUGH)),
        ends_steps,
    )
    answered = exists().where(
        replies.c.occurrence_id == nudges.c.occurrence_id,
        replies.c.partner_id == nudges.c.partner_id,
        replies.c.verb.in_(ACCOUNTS),
        ~is_step,
    )
    return (
        select(nudges, *_COLUMNS, (answered | ended).label("answered"))
        .join_from(nudges, partners, partners.c.id == nudges.c.partner_id)
        .join(couples, couples.c.id == nudges.c.couple_id)
        .outerjoin(channels, channels.c.id == nudges.c.channel_id)
        .outerjoin(occurrences, occurrences.c.id == nudges.c.occurrence_id)
        .outerjoin(rituals, rituals.c.id == occurrences.c.ritual_id)
    )


def _read(row: Row[Any]) -> Parcel | None:
    """Read one row; a damaged one must not hold up the batch."""
    try:
        return _parcel(row)
    except Exception as error:  # noqa: BLE001 - a zone that names a folder is an OSError
        log.warning("nudge.unreadable", nudge=f"n{row.id}", error=type(error).__name__)
        return None


def _parcel(row: Row[Any]) -> Parcel:
    stamp = stamp_from_text(row.terms) if row.terms else None
    return Parcel(
        nudge=to_nudge(row),
        names=row.names,
        language=row.language,
        partner=row.partner,
        zone=ZoneInfo(row.timezone),
        quiet=QuietHours.parse(row.quiet) if row.quiet else None,
        channel=_channel(row) if row.channel_id is not None else None,
        provider=row.provider or "",
        ritual=ritual_from_text(row.spec) if row.spec else None,
        asks=stamp.asks.get(row.partner, "") if stamp else "",
        prompt=row.prompt,
        is_open=row.occurrence_state in (None, OccurrenceState.OPEN),
        answered=row.answered,
        paused_until=row.paused_until,
        choices=tuple(stamp.choices.values()) if stamp else (),
        topic_sealed=row.topic_sealed,
        stamp=stamp,
        ritual_id=row.ritual_id,
    )


def _channel(row: Row[Any]) -> Channel:
    return Channel(
        id=row.channel_id,
        partner_id=row.partner_id,
        position=row.position,
        scheme=row.scheme,
        url_sealed=row.url_sealed,
        sensitivity=Sensitivity(row.sensitivity),
        state=ChannelState(row.channel_state),
        is_retired=row.channel_retired_at is not None,
        answers_by=row.answers_by,
    )
