"""Which mechanism does what: at an answer, at an occasion, and when an occurrence has settled.

Each mechanism is a module of this folder. It writes down what is to come as an occasion, and never
holds anything in memory: a process may be killed between any two lines.
"""

from collections.abc import Mapping, Sequence

from troth.domain.states import Mechanism
from troth.engine.mechanisms import agreement, bid, goal, promise, repair, timeout
from troth.engine.mechanisms.hooks import Answered, Enclosed, Opener, Reviewer, TakenBack

ANSWERED: Mapping[Mechanism, Answered] = {
    Mechanism.BID: bid.answered,
    Mechanism.AGREEMENT: agreement.answered,
    Mechanism.GOAL: goal.answered,
    Mechanism.PROMISE: promise.answered,
    Mechanism.REPAIR: repair.answered,
}
TAKEN_BACK: Mapping[Mechanism, TakenBack] = {
    Mechanism.BID: bid.taken_back,
    Mechanism.GOAL: goal.taken_back,
}
OPENERS: Mapping[Mechanism, Opener] = {
    Mechanism.PROMISE: promise.opened,
    Mechanism.REPAIR: repair.opened,
    Mechanism.TIMEOUT: timeout.opened,
}
REVIEWERS: Sequence[Reviewer] = (repair.reviewed,)

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
