"""A promise: when its maker hears of it again, when it is asked about, and the share kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from troth.domain.states import OccurrenceState
from troth.domain.when import END_OF_DAY, When, resolve

ASKED_AT = time(18)  # of a day that was named without a time
LEAST_NOTICE = timedelta(hours=6)  # with less than this left, its maker knows it still
SHORTEST_LEAD, LONGEST_LEAD = timedelta(hours=2), timedelta(days=2)
FARTHEST = timedelta(days=3653)  # ten years


def promised_for(when: When, local: datetime) -> datetime | None:
    """Return the naive local moment at which a promise made at naive `local` is asked about.

    None where that is over, or too far away to be waited for. What is promised for today after
    six in the evening is asked about two hours later.
    """
    moment = resolve(when, local, ASKED_AT)
    if when.at is None and moment <= local and moment.date() == local.date():
        moment = min(local + SHORTEST_LEAD, datetime.combine(local.date(), END_OF_DAY))
    return moment if local < moment <= local + FARTHEST else None


def noticed_at(now: datetime, asked_at: datetime) -> datetime | None:
    """Return when the maker hears of it beforehand; None where too little time is left. Aware."""
    left = asked_at - now
    if left < LEAST_NOTICE:
        return None
    return asked_at - min(max(left / 3, SHORTEST_LEAD), LONGEST_LEAD)


@dataclass(frozen=True)
class FollowThrough:
    """How many of a couple's promises that have settled were kept: the couple's, never a person's.

    It stands beside the score, and is in no score.
    """

    kept: int
    settled: int


def follow_through(outcomes: Mapping[OccurrenceState, int]) -> FollowThrough:
    """Return it for so many promises at each state: only kept and missed ones are settled."""
    kept = outcomes.get(OccurrenceState.KEPT, 0)
    return FollowThrough(kept, kept + outcomes.get(OccurrenceState.MISSED, 0))
