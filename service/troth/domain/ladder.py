"""The nudge ladder of one occurrence: first nudge, gentle reminders, next channel, then silence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from troth.domain.rules import Terms
from troth.domain.states import Account, NudgeState

MOST_REMINDERS = 2
MOST_FAILURES = 5
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=10)


@dataclass(frozen=True)
class Rung:
    """One nudge of an occurrence as the ladder sees it."""

    partner: str
    channel: int | None
    state: NudgeState
    due_at: datetime
    sent_at: datetime | None = None


def next_follow_up(
    due: Mapping[str, datetime], remind: Sequence[timedelta], ends_at: datetime, after: datetime
) -> datetime | None:
    """Return the first reminder moment of any partner after `after` and before the window's end."""
    moments = (start + offset for start in due.values() for offset in remind)
    return min((moment for moment in moments if after < moment < ends_at), default=None)


def partners_to_remind(
    terms: Terms,
    due: Mapping[str, datetime],
    remind: Sequence[timedelta],
    accounts: Mapping[str, Account],
    rungs: Iterable[Rung],
    now: datetime,
) -> list[str]:
    """Return who gets a reminder now: asked, reached, silent, nothing on its way, some rung left.

    Each reminder moment that has come allows one send after the first, and no more: a reminder
    that was held up is not sent twice. A nudge that left late, after an outage or quiet hours,
    stands for the reminders whose moment it has passed: nobody gets two messages at once.
    """
    rungs = list(rungs)
    chosen = []
    for partner in terms.needed:
        mine = [rung for rung in rungs if rung.partner == partner]
        sent = sum(rung.state is NudgeState.SENT for rung in mine)
        waiting = any(rung.state in (NudgeState.PLANNED, NudgeState.SENDING) for rung in mine)
        come = [due[partner] + offset for offset in remind if due[partner] + offset <= now]
        late = any(rung.sent_at and rung.sent_at >= max(come) for rung in mine if come)
        if partner not in accounts and not waiting and not late and 0 < sent <= len(come):
            chosen.append(partner)
    return chosen


def next_channel(channels: Sequence[int], tried: Sequence[int]) -> int | None:
    """Return the channel for a reminder: the one after the last tried, round the partner's list."""
    if not channels:
        return None
    if not tried or tried[-1] not in channels:
        return channels[0]
    return channels[(channels.index(tried[-1]) + 1) % len(channels)]


def fallback_channel(channels: Sequence[int], tried: Iterable[int]) -> int | None:
    """Return the first channel not tried yet after a refusal, or None when all have refused."""
    spent = set(tried)
    return next((channel for channel in channels if channel not in spent), None)


def retry_after(failures: int, asked: timedelta | None) -> timedelta | None:
    """Return the wait before the next attempt after so many failures, or None to give up.

    A provider's own Retry-After is honoured when it is longer than ours.
    """
    if failures >= MOST_FAILURES:
        return None
    ours = min(FIRST_RETRY * (1 << (failures - 1)), LONGEST_RETRY)
    return max(ours, asked or timedelta())
