"""Verbs on nudges: planned, taken back, looked up. Their way out is in `claims`."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, or_, select, update

from troth.domain.ladder import Rung
from troth.domain.states import NudgePurpose, NudgeState
from troth.store.batches import insert_rows, is_one_of
from troth.store.records import Channel, Nudge
from troth.store.tables import channels, nudges, partners
from troth.store.vault import Vault, token_hash
from troth.store.wakeup import wake

BROUGHT = (NudgePurpose.SHARE, NudgePurpose.TELL)  # which ask for nothing, so no answer ends them
UNPROMPTED = (NudgePurpose.RITUAL, NudgePurpose.REMINDER, *BROUGHT)  # these count in a day
TAKES_PLACE = (NudgeState.PLANNED, NudgeState.SENDING, NudgeState.SENT)
PAUSES = "timeout"  # a pause in a quarrel is of this moment, and takes no place of a day
PLANNED_BEFORE = timedelta(days=9)  # what waits for a free day is planned so long before, at most
TOLD = (NudgePurpose.RITUAL, NudgePurpose.REMINDER, NudgePurpose.SNOOZE)


def plan_nudges(
    conn: Connection, vault: Vault, planned: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Insert nudges, each with a token of its own."""
    if not planned:
        return
    rows = []
    for nudge in planned:
        seed, hashed = vault.new_token()
        born = {"seed": seed, "token_hash": hashed, "created_at": now, "attempt": 0, "failures": 0}
        defaults: dict[str, Any] = {
            "state": NudgeState.PLANNED,
            "reason": None,
            "text": None,
            "code": None,
        }
        defaults |= {"discreet": False, "prompted": False, "topic": None}
        rows.append({"not_before": nudge["due_at"], **defaults, **born, **nudge})
    conn.execute(insert_rows(conn, nudges, rows))
    wake(conn)


def withdraw(
    conn: Connection, occurrence_id: int, reason: str, partner_id: int | None = None
) -> list[int]:
    """Take back what is still planned for an occurrence, on every channel; return the ids."""
    planned = (nudges.c.occurrence_id == occurrence_id) & (nudges.c.state == NudgeState.PLANNED)
    planned &= nudges.c.purpose.not_in(BROUGHT)
    if partner_id is not None:
        planned &= nudges.c.partner_id == partner_id
    taken_back = update(nudges).where(planned)
    taken_back = taken_back.values(state=NudgeState.WITHDRAWN, reason=reason)
    return list(conn.execute(taken_back.returning(nudges.c.id)).scalars())


def drop_waiting(conn: Connection, partner_ids: Collection[int], topic: str) -> None:
    """Let what Troth has yet to say of a topic not be said: something newer is."""
    waiting = (nudges.c.state == NudgeState.PLANNED) & (nudges.c.purpose == NudgePurpose.TELL)
    mine = nudges.c.partner_id.in_(partner_ids) & (nudges.c.topic == topic)
    conn.execute(delete(nudges).where(waiting, mine, nudges.c.attempt == 0))


def ask_plainly(conn: Connection, occurrence_id: int, partner_id: int) -> int:
    """Let what is planned for a partner ask what its occurrence asks; return how many that were."""
    planned = (
        (nudges.c.occurrence_id == occurrence_id)
        & (nudges.c.partner_id == partner_id)
        & (nudges.c.state == NudgeState.PLANNED)
        & nudges.c.purpose.in_(TOLD)
    )
    return conn.execute(update(nudges).where(planned).values(text=None)).rowcount


def end_steps(conn: Connection, occurrence_id: int) -> None:
    """Take back the steps that are still to come, of both partners."""
    coming = nudges.c.state == NudgeState.PLANNED
    ended = update(nudges).where(_steps_of(occurrence_id), coming)
    conn.execute(ended.values(state=NudgeState.WITHDRAWN, reason="its steps were ended"))


def has_steps_to_come(conn: Connection, occurrence_id: int) -> bool:
    """Say whether steps of an occurrence are still to come, or on their way."""
    coming = nudges.c.state.in_((NudgeState.PLANNED, NudgeState.SENDING))
    return (
        conn.execute(select(nudges.c.id).where(_steps_of(occurrence_id), coming)).first()
        is not None
    )


def _steps_of(occurrence_id: int) -> ColumnElement[bool]:
    return (nudges.c.occurrence_id == occurrence_id) & (nudges.c.purpose == NudgePurpose.STEP)


def plan_anew(conn: Connection, occurrence_id: int, now: datetime) -> None:
    """Plan again what an answer had taken back: the answer is taken back itself."""
    taken_back = (
        (nudges.c.occurrence_id == occurrence_id)
        & (nudges.c.purpose != NudgePurpose.STEP)  # steps that were ended begin anew, or not at all
        & (nudges.c.state == NudgeState.WITHDRAWN)
        & (nudges.c.attempt == 0)
        & (nudges.c.expires_at > now)
    )
    conn.execute(update(nudges).where(taken_back).values(state=NudgeState.PLANNED, reason=None))
    wake(conn)


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


def unprompted(
    conn: Connection, partner_ids: Collection[int], since: datetime, now: datetime
) -> list[Row[Any]]:
    """Return what has left for these partners since then unasked, or may yet leave.

    What an answer took back may be wanted again when the answer is taken back.
    """
    columns = (nudges.c.partner_id, nudges.c.sent_at, nudges.c.not_before, nudges.c.expires_at)
    returns = and_(
        nudges.c.state == NudgeState.WITHDRAWN, nudges.c.attempt == 0, nudges.c.expires_at > now
    )
    query = select(*columns).where(
        is_one_of(conn, nudges.c.partner_id, partner_ids),
        nudges.c.created_at > since - PLANNED_BEFORE,
        nudges.c.purpose.in_(UNPROMPTED),
        or_(nudges.c.topic.is_(None), nudges.c.topic != PAUSES),
        or_(nudges.c.state.in_(TAKES_PLACE), returns),
        or_(nudges.c.sent_at.is_(None), nudges.c.sent_at > since),
    )
    return list(conn.execute(query))


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


def told(
    conn: Connection, partner_id: int, last: int, *, with_tellings: bool = False
) -> list[Nudge]:
    """Return what a partner was told of occurrences, by whatever channel, the latest first.

    With tellings, also what Troth said of its own.
    """
    is_told = nudges.c.occurrence_id.is_not(None)
    is_telling = nudges.c.purpose == NudgePurpose.TELL
    query = select(nudges).where(
        nudges.c.partner_id == partner_id,
        nudges.c.state == NudgeState.SENT,
        is_told | is_telling if with_tellings else is_told,
    )
    newest = query.order_by(nudges.c.created_at.desc(), nudges.c.id.desc()).limit(last)
    return [to_nudge(row) for row in conn.execute(newest)]


def sent_by(conn: Connection, channel_id: int, last: int) -> list[int]:
    """Return the ids of the latest nudges that left by a channel."""
    partner = select(channels.c.partner_id).where(channels.c.id == channel_id).scalar_subquery()
    query = select(nudges.c.id).where(
        nudges.c.partner_id == partner,  # which has an index
        nudges.c.channel_id == channel_id,
        nudges.c.state == NudgeState.SENT,
    )
    newest = query.order_by(nudges.c.created_at.desc(), nudges.c.id.desc()).limit(last)
    return list(conn.execute(newest).scalars())


def answers_by(conn: Connection, channel: Channel, since: datetime) -> list[str]:
    """Return what was said back by a channel since then."""
    query = select(nudges.c.text).where(
        nudges.c.partner_id == channel.partner_id,
        nudges.c.created_at >= since,
        nudges.c.channel_id == channel.id,
        nudges.c.purpose == NudgePurpose.ANSWER,
        nudges.c.text.is_not(None),
    )
    return list(conn.execute(query).scalars())


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
        discreet=row.discreet,
        prompted=row.prompted,
    )
