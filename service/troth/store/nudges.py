"""Verbs on nudges: planned, claimed, picked, finished, each by one conditional UPDATE."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, select, update

from troth.domain.ladder import Rung
from troth.domain.states import NudgePurpose, NudgeState, OccurrenceState
from troth.store.records import Nudge
from troth.store.tables import nudges, occurrences, partners
from troth.store.vault import Vault, token_hash

GIVEN_UP = "every attempt at it broke off"
TOLD = (NudgePurpose.RITUAL, NudgePurpose.REMINDER, NudgePurpose.SNOOZE)


def plan_nudges(
    conn: Connection, vault: Vault, planned: Sequence[dict[str, Any]], now: datetime
) -> list[int]:
    """Insert nudges, each with a token of its own; return their ids."""
    if not planned:
        return []
    rows = []
    for nudge in planned:
        seed, hashed = vault.new_token()
        born = {"seed": seed, "token_hash": hashed, "created_at": now, "attempt": 0, "failures": 0}
        defaults = {"state": NudgeState.PLANNED, "reason": None, "text": None, "code": None}
        rows.append({"not_before": nudge["due_at"], **defaults, **born, **nudge})
    return list(conn.execute(nudges.insert().returning(nudges.c.id), rows).scalars())


def expire_stale(conn: Connection, now: datetime, limit: int) -> list[Nudge]:
    """Move planned nudges that have outlived their use to expired; return them."""
    stale = (
        select(nudges.c.id)
        .where(nudges.c.state == NudgeState.PLANNED, nudges.c.not_before <= now)
        .where(nudges.c.expires_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    expired = (
        update(nudges)
        .where(nudges.c.id.in_(stale), nudges.c.state == NudgeState.PLANNED)
        .values(state=NudgeState.EXPIRED, reason="its window was over")
        .returning(nudges)
    )
    return [to_nudge(row) for row in conn.execute(expired)]


def claim(conn: Connection, now: datetime, limit: int, lease: timedelta) -> list[tuple[int, int]]:
    """Take due nudges for sending; return (id, attempt) of those that are ours alone."""
    due = (
        select(nudges.c.id)
        .where(nudges.c.state == NudgeState.PLANNED, nudges.c.not_before <= now)
        .order_by(nudges.c.not_before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(nudges)
        .where(nudges.c.id.in_(due), nudges.c.state == NudgeState.PLANNED)
        .values(
            state=NudgeState.SENDING,
            attempt=nudges.c.attempt + 1,
            picked=False,
            lease_until=now + lease,
        )
        .returning(nudges.c.id, nudges.c.attempt)
    )
    return [(row.id, row.attempt) for row in conn.execute(taken)]


def pick(
    conn: Connection, nudge_id: int, attempt: int, now: datetime, lease: timedelta
) -> Nudge | None:
    """Take a claimed nudge in hand: the doorbell may ring twice, but only one worker gets it."""
    taken = (
        update(nudges)
        .where(_in_flight(nudge_id, attempt), nudges.c.picked.is_(False))
        .values(picked=True, lease_until=now + lease)
        .returning(nudges)
    )
    row = conn.execute(taken).first()
    return None if row is None else to_nudge(row)


def finish(conn: Connection, nudge: Nudge, values: dict[str, Any]) -> bool:
    """Write how an attempt ended; False when the nudge has become somebody else's meanwhile."""
    done = (
        update(nudges)
        .where(_in_flight(nudge.id, nudge.attempt))
        .values(lease_until=None, picked=False, **values)
    )
    return conn.execute(done).rowcount > 0


def give_up(conn: Connection, now: datetime, limit: int, most_failures: int) -> list[Nudge]:
    """Fail what was in hand so often that it seems to kill whoever sends it; return it."""
    hopeless = (
        select(nudges.c.id)
        .where(nudges.c.state == NudgeState.SENDING, nudges.c.lease_until <= now)
        .where(nudges.c.picked, nudges.c.failures + 1 >= most_failures)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    failed = (
        update(nudges)
        .where(nudges.c.id.in_(hopeless), nudges.c.state == NudgeState.SENDING)
        .values(state=NudgeState.FAILED, reason=GIVEN_UP, lease_until=None)
        .returning(nudges)
    )
    return [to_nudge(row) for row in conn.execute(failed)]


def release_leases(conn: Connection, now: datetime, limit: int) -> tuple[list[int], list[int]]:
    """Plan again what was claimed and never finished.

    Returns the ids that may have been sent (a worker had them in hand; marked `repeated`) and
    those that certainly were not (their doorbell was lost).
    """
    over = (
        select(nudges.c.id)
        .where(nudges.c.state == NudgeState.SENDING, nudges.c.lease_until <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    freed = (
        update(nudges)
        .where(nudges.c.id.in_(over), nudges.c.state == NudgeState.SENDING)
        .values(
            state=NudgeState.PLANNED,
            repeated=nudges.c.repeated | nudges.c.picked,
            failures=nudges.c.failures + case((nudges.c.picked, 1), else_=0),
            not_before=now,
            lease_until=None,
        )
        .returning(nudges.c.id, nudges.c.picked)
    )
    rows = conn.execute(freed).all()
    return [row.id for row in rows if row.picked], [row.id for row in rows if not row.picked]


def withdraw(
    conn: Connection, occurrence_id: int, reason: str, partner_id: int | None = None
) -> list[int]:
    """Take back what is still planned for an occurrence, on every channel; return the ids."""
    planned = (nudges.c.occurrence_id == occurrence_id) & (nudges.c.state == NudgeState.PLANNED)
    if partner_id is not None:
        planned &= nudges.c.partner_id == partner_id
    taken_back = update(nudges).where(planned)
    taken_back = taken_back.values(state=NudgeState.WITHDRAWN, reason=reason)
    return list(conn.execute(taken_back.returning(nudges.c.id)).scalars())


def withdraw_for_channel(conn: Connection, channel_id: int, reason: str) -> None:
    """Take back whatever is planned for a channel that may be used no more."""
    planned = (nudges.c.channel_id == channel_id) & (nudges.c.state == NudgeState.PLANNED)
    conn.execute(update(nudges).where(planned).values(state=NudgeState.WITHDRAWN, reason=reason))


def withdraw_for_couple(conn: Connection, couple_id: int, reason: str) -> None:
    """Take back whatever is planned for a couple that takes part no more."""
    planned = (nudges.c.couple_id == couple_id) & (nudges.c.state == NudgeState.PLANNED)
    conn.execute(update(nudges).where(planned).values(state=NudgeState.WITHDRAWN, reason=reason))


def was_asked(conn: Connection, channel_id: int) -> bool:
    """Say whether a channel carries its one question, has carried it, or needs none."""
    query = select(nudges.c.state).where(
        nudges.c.channel_id == channel_id, nudges.c.purpose == NudgePurpose.CONSENT
    )
    states = set(conn.execute(query).scalars())
    return not states or states != {NudgeState.WITHDRAWN}


def rungs(conn: Connection, occurrence_id: int) -> list[Rung]:
    """Return an occurrence's nudges as its ladder sees them, oldest first."""
    query = (
        select(
            nudges.c.channel_id, nudges.c.state, nudges.c.due_at, nudges.c.sent_at, partners.c.key
        )
        .join(partners, partners.c.id == nudges.c.partner_id)
        .where(nudges.c.occurrence_id == occurrence_id, nudges.c.purpose.in_(TOLD))
        .order_by(nudges.c.id)
    )
    return [
        Rung(row.key, row.channel_id, NudgeState(row.state), row.due_at, row.sent_at)
        for row in conn.execute(query)
    ]


def channels_tried(conn: Connection, nudge: Nudge) -> list[int]:
    """Return the channels by which this same nudge was already tried for its partner."""
    query = select(nudges.c.channel_id).where(
        nudges.c.partner_id == nudge.partner_id,
        nudges.c.occurrence_id == nudge.occurrence_id,
        nudges.c.purpose == nudge.purpose,
        nudges.c.due_at == nudge.due_at,
        nudges.c.channel_id.is_not(None),
    )
    return list(conn.execute(query).scalars())


def told(conn: Connection, partner_id: int, last: int) -> list[Nudge]:
    """Return what a partner was told of occurrences, by whatever channel, the latest first."""
    query = select(nudges).where(
        nudges.c.partner_id == partner_id,
        nudges.c.state == NudgeState.SENT,
        nudges.c.occurrence_id.is_not(None),
    )
    newest = query.order_by(nudges.c.created_at.desc(), nudges.c.id.desc()).limit(last)
    return [to_nudge(row) for row in conn.execute(newest)]


def codes_in_use(
    conn: Connection, couple_ids: Collection[int], since: datetime
) -> dict[int, set[int]]:
    """Return each partner's codes given since then or still open: none is given again yet.

    The partners are those of these couples; one without codes has no entry.
    """
    given = select(nudges.c.partner_id, nudges.c.code).where(nudges.c.code.is_not(None))
    lately = given.join(partners, partners.c.id == nudges.c.partner_id).where(
        partners.c.couple_id.in_(couple_ids), nudges.c.created_at > since
    )
    still_open = given.join(occurrences, occurrences.c.id == nudges.c.occurrence_id).where(
        occurrences.c.couple_id.in_(couple_ids), occurrences.c.state == OccurrenceState.OPEN
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


def find_nudge(conn: Connection, token: str) -> Nudge | None:
    """Return the nudge to which an answer link belongs."""
    query = select(nudges).where(nudges.c.token_hash == token_hash(token))
    row = conn.execute(query).first()
    return None if row is None else to_nudge(row)


def load_nudge(conn: Connection, nudge_id: int) -> Nudge | None:
    """Return one nudge."""
    row = conn.execute(select(nudges).where(nudges.c.id == nudge_id)).first()
    return None if row is None else to_nudge(row)


def nudges_of(conn: Connection, occurrence_id: int) -> list[Nudge]:
    """Return an occurrence's nudges, oldest first."""
    query = select(nudges).where(nudges.c.occurrence_id == occurrence_id).order_by(nudges.c.id)
    return [to_nudge(row) for row in conn.execute(query)]


def next_leaving(conn: Connection) -> datetime | None:
    """Return when the next nudge may leave or the next lease ends, aware UTC."""
    planned = select(nudges.c.not_before).where(nudges.c.state == NudgeState.PLANNED)
    leased = select(nudges.c.lease_until).where(nudges.c.state == NudgeState.SENDING)
    first = conn.execute(planned.order_by(nudges.c.not_before).limit(1)).scalar()
    freed = conn.execute(leased.order_by(nudges.c.lease_until).limit(1)).scalar()
    return min((moment for moment in (first, freed) if moment), default=None)


def _in_flight(nudge_id: int, attempt: int) -> Any:  # noqa: ANN401 - an SQL condition
    return (
        (nudges.c.id == nudge_id)
        & (nudges.c.state == NudgeState.SENDING)
        & (nudges.c.attempt == attempt)
    )


def to_nudge(row: Row[Any]) -> Nudge:
    """Read a row of the nudges table."""
    return Nudge(
        id=row.id,
        couple_id=row.couple_id,
        partner_id=row.partner_id,
        occurrence_id=row.occurrence_id,
        channel_id=row.channel_id,
        purpose=NudgePurpose(row.purpose),
        text=row.text,
        due_at=row.due_at,
        not_before=row.not_before,
        expires_at=row.expires_at,
        state=NudgeState(row.state),
        reason=row.reason,
        attempt=row.attempt,
        failures=row.failures,
        repeated=row.repeated,
        sent_at=row.sent_at,
        code=row.code,
        seed=row.seed,
    )
