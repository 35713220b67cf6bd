"""Which mechanism does what: at an answer, at an occasion, and when an occurrence has settled.

Each mechanism is a module of this folder. It writes down what is to come as an occasion, and never
holds anything in memory: a process may be killed between any two lines.
"""

from collections.abc import Mapping, Sequence

from troth.domain.states import Mechanism
from troth.engine.mechanisms import (
    agreement,
    beginning,
    bid,
    goal,
    promise,
    recalibration,
    repair,
    season_review,
    seasons,
    timeout,
)
from troth.engine.mechanisms.hooks import Answered, Enclosed, Opener, Reviewer, TakenBack
from troth.engine.mechanisms.milestone import look_for_milestones

ANSWERED: Mapping[Mechanism, Answered] = {
    Mechanism.BID: bid.answered,
    Mechanism.AGREEMENT: agreement.answered,
    Mechanism.GOAL: goal.answered,
    Mechanism.PROMISE: promise.answered,
    Mechanism.REPAIR: repair.answered,
    Mechanism.SEASON_REVIEW: season_review.answered,
    Mechanism.RECALIBRATION: recalibration.answered,
    Mechanism.BEGINNING: beginning.answered,
}
TAKEN_BACK: Mapping[Mechanism, TakenBack] = {
    Mechanism.BID: bid.taken_back,
    Mechanism.GOAL: goal.taken_back,
    Mechanism.SEASON_REVIEW: season_review.as_it_stands,
    Mechanism.RECALIBRATION: recalibration.as_it_stands,
    Mechanism.BEGINNING: beginning.taken_back,
}
OPENERS: Mapping[Mechanism, Opener] = {
    Mechanism.PROMISE: promise.opened,
    Mechanism.REPAIR: repair.opened,
    Mechanism.TIMEOUT: timeout.opened,
    Mechanism.SEASON: seasons.open_check_in,
    Mechanism.SEASON_REVIEW: season_review.open_review,
    Mechanism.RECALIBRATION: recalibration.open_question,
    Mechanism.BEGINNING: beginning.open_question,
}
REVIEWERS: Sequence[Reviewer] = (
    repair.reviewed,
    recalibration.review,
    look_for_milestones,
    beginning.look_for_steadiness,
)

# What goes with an ask, and what is brought where that is more than the other's words.
ENCLOSED: Mapping[Mechanism, Enclosed] = {
    Mechanism.BID: bid.enclosed,
    Mechanism.AGREEMENT: agreement.enclosed,
    Mechanism.GOAL: goal.enclosed,
}
BROUGHT: Mapping[Mechanism, Enclosed] = {
    Mechanism.BID: bid.brought,
    Mechanism.AGREEMENT: agreement.brought,
    Mechanism.GOAL: goal.brought,
}
BRINGING = frozenset(BROUGHT)  # they bring words to the other by themselves
