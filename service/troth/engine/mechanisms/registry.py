"""Which mechanism does what: at an answer, at an occasion, and when an occurrence has settled.

Each mechanism is a module of this folder. It writes down what is to come as an occasion, and never
holds anything in memory: a process may be killed between any two lines.
"""

from collections.abc import Mapping, Sequence

from troth.domain.states import Mechanism
from troth.engine.mechanisms import repair, timeout
from troth.engine.mechanisms.hooks import Answered, Opener, Reviewer

ANSWERED: Mapping[Mechanism, Answered] = {
    Mechanism.REPAIR: repair.answered,
}
OPENERS: Mapping[Mechanism, Opener] = {
    Mechanism.REPAIR: repair.opened,
    Mechanism.TIMEOUT: timeout.opened,
}
REVIEWERS: Sequence[Reviewer] = (repair.reviewed,)
