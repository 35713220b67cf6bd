"""Verbs on nudges on their way: claimed by a clock, picked by a worker, finished, or set free.

Each is one conditional UPDATE: only the rows that it changed are the caller's. A claim is a nudge's
id with the number of the attempt; the number is the fence.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, func, select, update

from troth.domain.states import NudgePurpose, NudgeState
from troth.store import marks
from troth.store.batches import given, insert_rows, is_one_of
from troth.store.nudges import to_nudge
from troth.store.records import Nudge
from troth.store.tables import channels, nudges, occurrences, providers

Claim = tuple[int, int]  # nudge id, attempt
GIVEN_UP = "every attempt at it broke off"
_NOT_IN_HAND = {"lease_until": None, "picked": False}


@dataclass(frozen=True)
class Waiting:
    """A claim to be picked: who carries it (nobody where it has no channel), and since when."""

    claim: Claim
    provider: str
    rests_until: datetime | None
    due_at: datetime
    expires_at: datetime

    @property
    def rests_too_long(self) -> bool:
        """Whether its provider rests until it is of no use any more."""
        return self.rests_until is not None and self.rests_until >= self.expires_at

    def rests(self, now: datetime) -> bool:
        """Whether its provider has asked for a pause that holds at aware `now`."""
        return self.rests_until is not None and now < self.rests_until


def expire_stale(
    conn: Connection, now: datetime, limit: int, occurrence_id: int | None = None
) -> list[Nudge]:
    """Move planned nudges (of one occurrence, or any) that have outlived their use to expired."""
    stale = (
        select(nudges.c.id)
        .where(nudges.c.state == NudgeState.PLANNED, nudges.c.not_before <= now)
        .where(nudges.c.expires_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if occurrence_id is not None:
        stale = stale.where(nudges.c.occurrence_id == occurrence_id)
    expired = (
        update(nudges)
        .where(nudges.c.id.in_(_first(stale)), nudges.c.state == NudgeState.PLANNED)
        .values(state=NudgeState.EXPIRED, reason="its window was over")
        .returning(nudges)
    )
    return [to_nudge(row) for row in conn.execute(expired)]


def claim(
    conn: Connection,
    now: datetime,
    limit: int,
    lease: timedelta,
    doubtful_until: datetime | None = None,
) -> list[Claim]:
    """Take due nudges for sending; return those that are ours alone, the longest due first.

    Of what was due by `doubtful_until` it has been forgotten whether it left: it is marked.
    """
    mark = {} if doubtful_until is None else {"repeated": _may_have_left(doubtful_until)}
    due = (
        select(nudges.c.id)
        .where(nudges.c.state == NudgeState.PLANNED, nudges.c.not_before <= now)
        .order_by(nudges.c.not_before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(nudges)
        .where(nudges.c.id.in_(_first(due)), nudges.c.state == NudgeState.PLANNED)
        .values(
            state=NudgeState.SENDING,
            attempt=nudges.c.attempt + 1,
            picked=False,
            lease_until=now + lease,
            **mark,
        )
        .returning(nudges.c.id, nudges.c.attempt, nudges.c.not_before)
    )
    rows = sorted(conn.execute(taken), key=lambda row: (row.not_before, row.id))
    return [(row.id, row.attempt) for row in rows]


def _may_have_left(by: datetime) -> ColumnElement[bool]:
    """A reminder is reckoned anew, so that its own moment says nothing; its occurrence's does."""
    older = select(occurrences.c.id).where(occurrences.c.due_at <= by)
    reminds = (nudges.c.purpose == NudgePurpose.REMINDER) & nudges.c.occurrence_id.in_(older)
    return nudges.c.repeated | (nudges.c.due_at <= by) | reminds


def unpicked(conn: Connection, most: int) -> int:
    """Count the claims that no worker has in hand yet; stop counting at `most`."""
    waiting = select(nudges.c.id).where(
        nudges.c.state == NudgeState.SENDING, nudges.c.picked.is_(False)
    )
    count = select(func.count()).select_from(waiting.limit(most).subquery())
    return int(conn.execute(count).scalar_one())


def waiting_for(conn: Connection, claims: Sequence[Claim]) -> list[Waiting]:
    """Return those of these claims that still are to be picked, the longest due first."""
    ours = _of(conn, claims)
    query = (
        select(
            nudges.c.id,
            nudges.c.attempt,
            nudges.c.due_at,
            nudges.c.expires_at,
            channels.c.provider,
            providers.c.rests_until,
        )
        .join_from(nudges, ours, _is_claimed(ours) & nudges.c.picked.is_(False))
        .outerjoin(channels, channels.c.id == nudges.c.channel_id)
        .outerjoin(providers, providers.c.name == channels.c.provider)
        .order_by(nudges.c.not_before, nudges.c.id)
    )
    return [
        Waiting(
            (row.id, row.attempt),
            row.provider or "",
            row.rests_until,
            row.due_at,
            row.expires_at,
        )
        for row in conn.execute(query)
    ]


def pick(conn: Connection, claims: Sequence[Claim], now: datetime, lease: timedelta) -> list[int]:
    """Take claims in hand; return the ids. A doorbell may ring twice: only one worker gets each.

    Nobody gets any of a store that is held: a bell may ring still for what it was before.
    """
    if not claims:
        return []
    ours = _of(conn, claims)
    taken = (
        update(nudges)
        .where(_is_claimed(ours), nudges.c.picked.is_(False), ~marks.is_held())
        .values(picked=True, lease_until=now + lease)
        .returning(nudges.c.id)
    )
    return list(conn.execute(taken).scalars())


def give_back(
    conn: Connection,
    put_off: Sequence[tuple[Claim, datetime]],
    reason: str,
    *,
    picked: bool = False,
) -> None:
    """Plan claims again, each for its moment: nothing was tried.

    They are claims that nobody has picked, or those that the caller picked in this transaction.
    """
    rows = [
        {"id": claim[0], "attempt": claim[1], "not_before": moment} for claim, moment in put_off
    ]
    if not rows:
        return
    ours = given(conn, [nudges.c.id, nudges.c.attempt, nudges.c.not_before], rows)
    back = update(nudges).where(_is_claimed(ours), nudges.c.picked.is_(picked))
    values = {"state": NudgeState.PLANNED, "not_before": ours.c.not_before, "reason": reason}
    conn.execute(back.values(**values, **_NOT_IN_HAND))


def set_sent(conn: Connection, sent: Sequence[tuple[Claim, datetime]]) -> set[int]:
    """Write when these attempts left; return the ids of those that still were theirs to tell."""
    if not sent:
        return set()
    rows = [{"id": claim[0], "attempt": claim[1], "sent_at": at} for claim, at in sent]
    ours = given(conn, [nudges.c.id, nudges.c.attempt, nudges.c.sent_at], rows)
    done = update(nudges).where(_is_claimed(ours)).returning(nudges.c.id)
    values = {"state": NudgeState.SENT, "sent_at": ours.c.sent_at, "reason": None}
    return set(conn.execute(done.values(**values, **_NOT_IN_HAND)).scalars())


def plan_again(conn: Connection, again: Sequence[Nudge]) -> None:
    """Plan attempts again as these nudges say: not before, why, after how many failures."""
    if not again:
        return
    names = ("id", "attempt", "not_before", "reason", "failures", "repeated")
    rows = [{name: getattr(nudge, name) for name in names} for nudge in again]
    ours = given(conn, [nudges.c[name] for name in names], rows)
    values = {name: ours.c[name] for name in names[2:]}
    back = update(nudges).where(_is_claimed(ours))
    conn.execute(back.values(state=NudgeState.PLANNED, **values, **_NOT_IN_HAND))


def finish(conn: Connection, nudge: Nudge, state: NudgeState, reason: str) -> bool:
    """Write that an attempt ended unsent; False when it has become somebody else's meanwhile."""
    done = update(nudges).where(
        nudges.c.id == nudge.id,
        nudges.c.state == NudgeState.SENDING,
        nudges.c.attempt == nudge.attempt,
    )
    return conn.execute(done.values(state=state, reason=reason, **_NOT_IN_HAND)).rowcount > 0


def set_bounced(conn: Connection, nudge_id: int, reason: str) -> bool:
    """Write that what left has not arrived; False where it never left, or has ended unsent.

    A report may be quicker than the recorder: one that is still on its way ends here, too, and what
    its sender has to tell comes too late.
    """
    bounced = update(nudges).where(
        nudges.c.id == nudge_id, nudges.c.state.in_((NudgeState.SENT, NudgeState.SENDING))
    )
    values = {"state": NudgeState.FAILED, "reason": reason, "sent_at": None}
    return conn.execute(bounced.values(**values, **_NOT_IN_HAND)).rowcount > 0


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
        .where(nudges.c.id.in_(_first(hopeless)), nudges.c.state == NudgeState.SENDING)
        .values(state=NudgeState.FAILED, reason=GIVEN_UP, **_NOT_IN_HAND)
        .returning(nudges)
    )
    return [to_nudge(row) for row in conn.execute(failed)]


def release_leases(conn: Connection, now: datetime, limit: int) -> tuple[list[int], list[int]]:
    """Plan again what was claimed and never finished.

    Returns the ids that may have been sent (a worker had them in hand; marked `repeated`) and
    those that certainly were not (their doorbell was lost).
    """
    over = (
        select(nudges.c.id, nudges.c.picked)
        .where(nudges.c.state == NudgeState.SENDING, nudges.c.lease_until <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = conn.execute(over).all()  # held: nobody finishes them before they are freed
    freed = update(nudges).where(is_one_of(conn, nudges.c.id, [row.id for row in rows]))
    values = {
        "state": NudgeState.PLANNED,
        "repeated": nudges.c.repeated | nudges.c.picked,
        "failures": nudges.c.failures + case((nudges.c.picked, 1), else_=0),
        "not_before": case((nudges.c.picked, now), else_=nudges.c.not_before),
    }
    if rows:
        conn.execute(freed.values(**values, **_NOT_IN_HAND))
    return [row.id for row in rows if row.picked], [row.id for row in rows if not row.picked]


def rest(conn: Connection, provider: str, until: datetime) -> None:
    """Send nothing by this provider until then; a longer rest stays."""
    row = {"name": provider, "rests_until": until}
    conn.execute(insert_rows(conn, providers, [row]))
    longer = update(providers).where(providers.c.name == provider, providers.c.rests_until < until)
    conn.execute(longer.values(rests_until=until))


def _first(chosen: Select[tuple[int]]) -> Select[tuple[int]]:
    """Choose rows once, before the UPDATE: PostgreSQL may run a bare subquery anew for each row."""
    return select(chosen.cte("chosen").c.id)


def _of(conn: Connection, claims: Collection[Claim]) -> FromClause:
    rows = [{"id": nudge_id, "attempt": attempt} for nudge_id, attempt in claims]
    return given(conn, [nudges.c.id, nudges.c.attempt], rows)


def _is_claimed(ours: FromClause) -> ColumnElement[bool]:
    """Match the rows of these claims, by id.

    Said plainly, the state would lead PostgreSQL to the index of leases, and through every nudge
    that is on its way: sixteen times the cost with ten thousand of them.
    """
    return (
        (nudges.c.id == ours.c.id)
        & (nudges.c.attempt == ours.c.attempt)
        & (func.coalesce(nudges.c.state, "") == NudgeState.SENDING)
    )
