"""Verbs on codes: the small numbers by which partners name what they were asked."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from troth.domain.states import OccurrenceState
from troth.store.batches import is_one_of
from troth.store.tables import nudges, occurrences, partners

CODE_REST = timedelta(days=7)  # for so long a code means what it meant, and nothing else


def codes_in_use(
    conn: Connection, couple_ids: Collection[int], since: datetime
) -> dict[int, set[int]]:
    """Return each partner's codes given since then or still open: none is given again yet.

    The partners are those of these couples; one without codes has no entry.
    """
    given = select(nudges.c.partner_id, nudges.c.code).where(nudges.c.code.is_not(None))
    lately = given.join(partners, partners.c.id == nudges.c.partner_id).where(
        is_one_of(conn, partners.c.couple_id, couple_ids), nudges.c.created_at > since
    )
    still_open = given.join(occurrences, occurrences.c.id == nudges.c.occurrence_id).where(
        is_one_of(conn, occurrences.c.couple_id, couple_ids),
        occurrences.c.state == OccurrenceState.OPEN,
    )
    used: dict[int, set[int]] = {}
    for row in conn.execute(lately.union(still_open)):
        used.setdefault(row.partner_id, set()).add(row.code)
    return used


def code_of(conn: Connection, occurrence_id: int, partner_id: int) -> int | None:
    """Return the code by which a partner can name an occurrence."""
    query = select(nudges.c.code).where(
        nudges.c.occurrence_id == occurrence_id,
        nudges.c.partner_id == partner_id,
        nudges.c.code.is_not(None),
    )
    code: int | None = conn.execute(query.limit(1)).scalar()
    return code


def coded(conn: Connection, partner_id: int, code: int) -> int | None:
    """Return the occurrence that a code of a partner's names, or named last: codes come again."""
    query = select(nudges.c.occurrence_id).where(
        nudges.c.partner_id == partner_id,
        nudges.c.code == code,
        nudges.c.occurrence_id.is_not(None),
    )
    newest = query.order_by(nudges.c.created_at.desc(), nudges.c.id.desc()).limit(1)
    found: int | None = conn.execute(newest).scalar()
    return found


def spent_codes(conn: Connection, partner_id: int, since: datetime) -> dict[int, int]:
    """Return the occurrences, by code, of which a partner was told since then and none is open."""
    query = (
        select(nudges.c.code, nudges.c.occurrence_id)
        .join(occurrences, occurrences.c.id == nudges.c.occurrence_id)
        .where(nudges.c.partner_id == partner_id, nudges.c.created_at > since)
        .where(nudges.c.code.is_not(None), occurrences.c.state != OccurrenceState.OPEN)
        .order_by(nudges.c.id)
    )
    return {row.code: row.occurrence_id for row in conn.execute(query)}
