"""Repair after a breach: its stages, what an offer comes to, and how long it may take. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from troth.domain.lengths import MOST_WORDS, read_length
from troth.domain.rules import Outcome, excused, scored
from troth.domain.states import Excuse, OccurrenceState
from troth.domain.vocabulary import Vocabulary

LONGEST = timedelta(weeks=26)  # no score rests for longer, whatever is agreed
MONITORED = timedelta(weeks=4)
A_WEEK = timedelta(weeks=1)
A_DAY = timedelta(days=1)
TAKEN_BACK = timedelta(minutes=10)  # as long as an answer can be undone, nothing follows from it
PRIVATE = "private"  # of what opened an occurrence: who answered it, and how, is told to nobody
PRESSING = (A_DAY, A_WEEK, 4 * A_WEEK)  # after one declined offer, after two in a row, after more


class Part(StrEnum):
    """What an occasion of a repair is for."""

    OFFER = "offer"
    ACCORD = "accord"  # both asked for it before the offer was even made
    STAGE = "stage"
    LAPSE = "lapse"  # a stage's time is over
    CHECK_IN = "check-in"
    FINISH = "finish"


class Stage(StrEnum):
    """The stages of a repair, in their order."""

    ACKNOWLEDGEMENT = "acknowledgement"
    EXPLANATION = "explanation"
    PLAN = "plan"
    REAFFIRMATION = "reaffirmation"
    MONITORING = "monitoring"

    @property
    def number(self) -> int:
        """Return its place, from 1."""
        return list(Stage).index(self) + 1

    @property
    def after(self) -> "Stage | None":
        """Return the stage that follows, or None after the last."""
        return next(iter(list(Stage)[self.number :]), None)


def judge_offer(
    wishes: Mapping[str, bool | None], partners: Iterable[str], *, over: bool
) -> Outcome | None:
    """Return what an offer comes to; None while its window lasts and not both have said yes.

    A no settles nothing: it looks just like no answer, and may become a yes.
    """
    if all(wishes.get(partner) for partner in partners):
        return scored(1.0)
    return excused(Excuse.SKIPPED) if over else None


def without_blame(outcome: Outcome, *, over: bool) -> Outcome | None:
    """Return the outcome of what is asked in a repair: kept, or else the same whatever was said.

    Nothing but that it is kept settles it before its window is over: a skip looks like no answer.
    """
    if outcome.state is OccurrenceState.KEPT:
        return outcome
    return excused(Excuse.SKIPPED) if over else None


def offered_again(ended: datetime, in_a_row: int) -> datetime:
    """Return from when who has made this many offers in vain, one after the other, may make one."""
    waits = PRESSING[min(max(in_a_row, 1), len(PRESSING)) - 1]
    return ended + waits


def next_stage_at(opened: datetime, now: datetime) -> datetime:
    """Return when a stage that is answered leads on: a repair takes days, and never hurries."""
    return max(opened + A_DAY, now + TAKEN_BACK)


def agreed_length(
    texts: Iterable[str], vocabulary: Vocabulary, started: datetime, now: datetime
) -> timedelta:
    """Return how long both will look at it again: the shortest length that either names.

    At least a week, four where none is named, and never beyond the longest that a repair takes.
    """
    named = [length for text in texts if (length := _length_in(text.split(), vocabulary))]
    wanted = max(min(named, default=MONITORED), A_WEEK)
    return max(min(wanted, started + LONGEST - 2 * A_DAY - now), timedelta())


def check_ins(length: timedelta) -> Sequence[timedelta]:
    """Return after how long each check-in comes: one a week, the last when it is over."""
    return [week * A_WEEK for week in range(1, length // A_WEEK + 1)]


def _length_in(words: Sequence[str], vocabulary: Vocabulary) -> timedelta | None:
    """Return the first length of at least a day that stands in these words, the longest reading."""
    for start in range(len(words)):
        for end in range(min(len(words), start + MOST_WORDS), start, -1):
            length = read_length(words[start:end], vocabulary)
            if length is not None and length >= A_DAY:
                return length
    return None
