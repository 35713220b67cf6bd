"""What became of attempts, written down: many in one transaction, each fenced by its number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from troth.delivery.outcome import Outcome, Refused, Sent, TryAgain
from troth.domain.ladder import retry_after
from troth.domain.states import NudgeState
from troth.engine import events
from troth.engine.channel_given_up import give_up_channel
from troth.engine.traced import trace_end
from troth.engine.verdict import Drop, Wait, wanted_at
from troth.store import claims, ledger
from troth.store.afterwards import afterwards
from troth.store.database import Database
from troth.store.records import Nudge, Parcel
from troth.store.vault import Vault
from troth.telemetry import metrics, tracing

log = structlog.get_logger()


@dataclass(frozen=True)
class Result:
    """One attempt and what it came to, at aware `at`."""

    parcel: Parcel
    came_to: Outcome | Wait | Drop
    at: datetime


def record(db: Database, vault: Vault, results: Sequence[Result]) -> None:
    """Write results in one transaction."""
    with db.writing() as conn:
        ended = write(conn, vault, results)
    _trace(results, ended)


def _trace(results: Sequence[Result], ended: Collection[int]) -> None:
    if not tracing.is_on():
        return
    for result in results:
        if result.parcel.nudge.id in ended:
            trace_end(result.parcel, _end(result.came_to), result.at)


def _end(came_to: Outcome | Wait | Drop) -> NudgeState:
    if isinstance(came_to, Drop):
        return came_to.state
    return NudgeState.SENT if isinstance(came_to, Sent) else NudgeState.FAILED


def write(conn: Connection, vault: Vault, results: Sequence[Result]) -> set[int]:
    """Write results, those that left and those that come again together.

    Returns the ids of the nudges that came to their end by them.
    """
    sent = [result for result in results if isinstance(result.came_to, Sent)]
    unsent = [
        (result, _what_follows(result))
        for result in results
        if not isinstance(result.came_to, Sent)
    ]
    ended = _record_sent(conn, sent)
    claims.plan_again(conn, [after for _, after in unsent if isinstance(after, Nudge)])
    dropped = [(result, after) for result, after in unsent if isinstance(after, Drop)]
    gone = [(result, drop) for result, drop in dropped if _record_drop(conn, vault, result, drop)]
    ended |= {result.parcel.nudge.id for result, _ in gone}
    _count_unsent(conn, [result for result, after in unsent if isinstance(after, Nudge)], gone)
    for provider, until in sorted(_rests(results).items()):  # in one order: two may write at once
        claims.rest(conn, provider, until)
    return ended


def _rests(results: Sequence[Result]) -> dict[str, datetime]:
    """Return until when providers asked to be left alone, each the longest that it asked for."""
    rests: dict[str, datetime] = {}
    for result in results:
        if isinstance(result.came_to, TryAgain) and result.came_to.after:
            until, provider = result.at + result.came_to.after, result.parcel.provider
            rests[provider] = max(until, rests.get(provider, until))
    return rests


def _record_sent(conn: Connection, sent: Sequence[Result]) -> set[int]:
    if not sent:
        return set()
    # Two attempts of one nudge, where a lease ended meanwhile, may come together: the later counts.
    latest = {each.parcel.nudge.id: each for each in sorted(sent, key=_attempt)}
    told = claims.set_sent(conn, [(_claim(result), result.at) for result in sent])
    log.info("nudges.sent", sent=len(told))
    entries = [
        events.nudge_sent(parcel.nudge, parcel.partner, parcel.channel.scheme, result.at)
        for result in latest.values()
        if (parcel := result.parcel).channel is not None and parcel.nudge.id in told
    ]
    ledger.append(conn, entries)
    _count_sent(conn, [each for number, each in latest.items() if number in told])
    return told


def _attempt(result: Result) -> int:
    return result.parcel.nudge.attempt


def _claim(result: Result) -> claims.Claim:
    return result.parcel.nudge.id, result.parcel.nudge.attempt


def _what_follows(result: Result) -> Nudge | Drop:
    """Return an unsent nudge as it is planned again, or how it ends."""
    nudge = result.parcel.nudge
    match result.came_to:
        case Wait(until, reason):
            return replace(nudge, not_before=until, reason=reason)
        case TryAgain(reason, after, may_have_left):
            failures = nudge.failures + 1
            wait = retry_after(failures, after)
            if wait is None or result.at + wait >= nudge.expires_at:
                return Drop(NudgeState.FAILED, reason)
            log.info("nudge.retries", nudge=f"n{nudge.id}", reason=reason, attempt=nudge.attempt)
            repeated = nudge.repeated or may_have_left
            later = replace(nudge, failures=failures, repeated=repeated, reason=reason)
            return replace(later, not_before=result.at + wait)
        case Refused(reason):
            return Drop(NudgeState.FAILED, reason)
        case Drop() as drop:
            return drop
        case Sent():
            raise AssertionError("a nudge that left is at its end")


def _record_drop(conn: Connection, vault: Vault, result: Result, drop: Drop) -> bool:
    """Write how a nudge ended; False where it has become somebody else's meanwhile."""
    nudge = result.parcel.nudge
    if not claims.finish(conn, nudge, drop.state, drop.reason):
        return False
    log.info("nudge.ended", state=drop.state, nudge=f"n{nudge.id}", reason=drop.reason)
    if drop.state is NudgeState.FAILED:
        give_up_channel(conn, vault, nudge, drop.reason, result.at)
    elif drop.state is NudgeState.EXPIRED:
        event = events.nudge_failed(nudge, result.parcel.partner, drop.reason, result.at)
        ledger.append(conn, [event])
    return True


def _count_sent(conn: Connection, sent: Sequence[Result]) -> None:
    schemes = [_scheme(result.parcel) for result in sent]
    late = [(result.at - wanted_at(result.parcel)).total_seconds() for result in sent]
    afterwards(conn, partial(metrics.told_sent, schemes, late))


def _count_unsent(
    conn: Connection, again: Sequence[Result], ended: Sequence[tuple[Result, Drop]]
) -> None:
    """Count what will be tried again, and what ended; by what is not told where none is wanted."""
    outcomes = [
        (_scheme(each.parcel), "waited" if isinstance(each.came_to, Wait) else "retried")
        for each in again
    ]
    for result, drop in ended:
        is_private = drop.state is NudgeState.WITHDRAWN
        outcomes.append((metrics.ANY if is_private else _scheme(result.parcel), drop.state))
    if outcomes:
        afterwards(conn, partial(metrics.told_unsent, outcomes))


def _scheme(parcel: Parcel) -> str:
    return parcel.channel.scheme if parcel.channel else metrics.ANY
