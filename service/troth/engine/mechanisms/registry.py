"""Which mechanism does what: at an answer, at an occasion, and when an occurrence has settled.

Each mechanism is a module of this folder. It writes down what is to come as an occasion, and never
holds anything in memory: a process may be killed between any two lines.
"""

from collections.abc import Mapping, Sequence

from troth.domain.states import Mechanism
from troth.engine.mechanisms import beginning
from troth.engine.mechanisms.hooks import Answered, Opener, Reviewer, TakenBack
from troth.engine.mechanisms.milestone import look_for_milestones

ANSWERED: Mapping[Mechanism, Answered] = {
    Mechanism.BEGINNING: beginning.answered,
}
TAKEN_BACK: Mapping[Mechanism, TakenBack] = {
    Mechanism.BEGINNING: beginning.taken_back,
}
OPENERS: Mapping[Mechanism, Opener] = {
    Mechanism.BEGINNING: beginning.open_question,
}
REVIEWERS: Sequence[Reviewer] = (look_for_milestones, beginning.look_for_steadiness)
