"""settle: what partners said, and where nudges got to, become an outcome and move the score."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from troth.domain.ladder import next_follow_up
from troth.domain.rules import Outcome, excused, judge
from troth.domain.season import ease
from troth.domain.states import Excuse, NudgeState, OccurrenceState
from troth.engine import events
from troth.engine.accounts import accounts_of
from troth.engine.expiry import expire
from troth.engine.repairs import beside_repairs
from troth.engine.standing import couple_standing
from troth.engine.together import do_together
from troth.store import couples, ledger, marks, nudges, occurrences, rituals, trust
from troth.store.afterwards import afterwards
from troth.store.database import Database
from troth.store.records import Occurrence
from troth.telemetry import metrics, tracing

SET_ASIDE = timedelta(hours=1)


def settle(db: Database, now: datetime, limit: int = 200) -> int:
    """Settle open occurrences whose window is over at `now`; return how many that were."""
    with db.reading() as conn:
        waiting = occurrences.ended(conn, now, limit)

    def settle_all(conn: Connection, ids: Sequence[int]) -> int:
        ours = occurrences.take_ended(conn, ids, now)
        for occurrence_id in ours:
            settle_occurrence(conn, occurrence_id, now)
        return len(ours)

    def set_aside(conn: Connection, occurrence_id: int) -> None:
        occurrences.set_aside(conn, occurrence_id, now + SET_ASIDE)

    return do_together(db, waiting, settle_all, set_aside)


def settle_occurrence(conn: Connection, occurrence_id: int, now: datetime) -> None:
    """Judge one occurrence as of now, inside the caller's transaction."""
    with tracing.span("occurrence.settle", occurrence=f"o{occurrence_id}") as span:
        _settle(conn, occurrence_id, now, span)


def _settle(conn: Connection, occurrence_id: int, now: datetime, span: tracing.Span) -> None:
    """Settle one; `span` tells of it.

    The row is held meanwhile: two partners who answer at once are judged one after the other.
    """
    found = occurrences.load_occurrences(conn, [occurrence_id])[occurrence_id]
    couples.hold(conn, [found.couple_id])  # the couple first, as everybody does: no deadlock
    occurrence = occurrences.lock_occurrence(conn, occurrence_id)
    outcome = _judge(conn, occurrence, now)
    row = rituals.load_rituals(conn, [occurrence.ritual_id])[occurrence.ritual_id]
    if outcome == _standing_outcome(occurrence) or (outcome is None and row.retired_at):
        span.forget()
        return
    span.note(outcome=outcome.state if outcome else OccurrenceState.OPEN)
    stamp = occurrence.stamp
    coming = next_follow_up(stamp.due, stamp.remind, occurrence.ends_at, now)
    occurrences.settle(conn, occurrence, outcome, now, coming)
    afterwards(conn, partial(_count, outcome))
    if outcome is not None:
        if now >= occurrence.ends_at:
            expire(conn, now, occurrence_id)
        nudges.withdraw(conn, occurrence_id, "the occurrence is settled")
    ledger.append(conn, [events.occurrence_settled(occurrence, row.key, outcome, now)])
    if (outcome.credit if outcome else None) != occurrence.credit:
        standing = couple_standing(conn, occurrence.couple_id)
        ledger.append(conn, [events.score_changed(occurrence.couple_id, standing, now)])


def _count(outcome: Outcome | None) -> None:
    if outcome is None:
        metrics.settled(OccurrenceState.OPEN, None)
    else:
        metrics.settled(outcome.state, outcome.reason)


def _judge(conn: Connection, occurrence: Occurrence, now: datetime) -> Outcome | None:
    promise = occurrence.stamp.promise
    if promise is not None and trust.taken_back(conn, [int(promise)]):
        return excused(Excuse.SKIPPED)
    reached = {
        rung.partner for rung in nudges.rungs(conn, occurrence.id) if rung.state is NudgeState.SENT
    }
    reached -= couples.paused_beyond(conn, occurrence.couple_id, occurrence.due_at)
    over = now >= occurrence.ends_at
    if over and reached and _is_forgotten(conn, occurrence):
        reached = set()
    accounts = accounts_of(conn, occurrence, over=over)
    outcome = judge(occurrence.stamp.terms, accounts, reached, over=over)
    eased = ease(outcome, occurrence.stamp.season)
    return beside_repairs(conn, occurrence, eased, over=over)


def _is_forgotten(conn: Connection, occurrence: Occurrence) -> bool:
    """Whether an answer may be lost with the time since a backup: silence is no miss then."""
    moments = (occurrence.due_at, occurrence.ends_at)
    return any(gap.touches(*moments) for gap in marks.gaps(conn))


def _standing_outcome(occurrence: Occurrence) -> Outcome | None:
    if occurrence.is_open:
        return None
    return Outcome(occurrence.state, occurrence.credit, occurrence.reason)
