"""Recalibration: when a ritual is asked about itself, from how its last occurrences went. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from troth.domain.score import ritual_score
from troth.domain.states import Excuse, OccurrenceState

QUIET_AFTER = 5  # unanswered in a row
RUN = 8  # scored, or unprompted, in a row
LOW = 40  # of 100
LOW_AGAIN = timedelta(days=91)
FEWEST_ANSWERS = 5  # before an hour is suggested
NEAR = 30  # minutes: an hour as near as that is no other
STEP = 15  # minutes, to which an hour is rounded
_DAY = 24 * 60


class Offer(StrEnum):
    """Why a ritual is asked about itself."""

    DORMANT = "dormant"
    LOW = "low"
    FEWER = "fewer"


@dataclass(frozen=True)
class Past:
    """How one settled occurrence went. `unprompted` is: answered before its nudge left."""

    due_at: datetime
    state: OccurrenceState
    reason: Excuse | None
    credit: float | None
    answered: bool
    unprompted: bool

    @property
    def was_silent(self) -> bool:
        """Say whether it was asked, and nobody said anything."""
        spared = self.state is OccurrenceState.EXCUSED and self.reason is Excuse.SEASON
        return not self.answered and (spared or self.state is OccurrenceState.MISSED)


@dataclass(frozen=True)
class Asked:
    """When a ritual was last asked each thing, aware UTC."""

    how_to_go_on: datetime | None = None
    fewer: datetime | None = None


def decide(past: Sequence[Past], asked: Asked, now: datetime) -> Offer | None:
    """Return what to ask of a ritual whose settled occurrences, newest first, are these."""
    since = asked.how_to_go_on
    if is_silent([each for each in past if since is None or each.due_at > since]):
        return Offer.DORMANT
    if is_low(past) and (since is None or now - since >= LOW_AGAIN):
        return Offer.LOW
    return Offer.FEWER if is_unprompted(past) and asked.fewer is None else None


def is_silent(past: Sequence[Past]) -> bool:
    """Say whether the last five that were asked found nobody; what was not asked does not count."""
    told = [each for each in past if each.answered or each.was_silent][:QUIET_AFTER]
    return len(told) == QUIET_AFTER and all(each.was_silent for each in told)


def is_low(past: Sequence[Past]) -> bool:
    """Say whether the score of the last eight alone is low."""
    worth = [each.credit for each in past if each.credit is not None][:RUN]
    score = ritual_score(list(reversed(worth)))
    return len(worth) == RUN and score is not None and score < LOW


def is_unprompted(past: Sequence[Past]) -> bool:
    """Say whether the last eight were kept and said before anybody was asked."""
    last = past[:RUN]
    return len(last) == RUN and all(
        each.unprompted and each.state is OccurrenceState.KEPT for each in last
    )


def usual_hour(answers: Sequence[datetime], day_starts: time) -> str | None:
    """Return the median time of day of naive local moments, `19:30`; None where they are few.

    Days begin at `day_starts`, so that a little after midnight is late, and no early morning.
    """
    if len(answers) < FEWEST_ANSWERS:
        return None
    first = day_starts.hour * 60 + day_starts.minute
    minutes = sorted((each.hour * 60 + each.minute - first) % _DAY for each in answers)
    median = minutes[len(minutes) // 2] // STEP * STEP
    last = _DAY - first - STEP  # a day's ritual stays on its day
    hour, minute = divmod((min(median, last) + first) % _DAY, 60)
    return f"{hour:02}:{minute:02}"


def is_other(hour: str, cron: str) -> bool:
    """Say whether an hour is another one than a cron's, by more than a little."""
    minute, hours = (int(part) for part in cron.split()[:2])
    wanted = int(hour[:2]) * 60 + int(hour[3:])
    apart = abs(wanted - (hours * 60 + minute))
    return min(apart, _DAY - apart) > NEAR
