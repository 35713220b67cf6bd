"""Which mechanism does what: at an answer, at an occasion, and when an occurrence has settled.

Each mechanism is a module of this folder. It writes down what is to come as an occasion, and never
holds anything in memory: a process may be killed between any two lines.
"""

from collections.abc import Mapping, Sequence

from troth.domain.states import Mechanism
from troth.engine.mechanisms import recalibration, season_review, seasons
from troth.engine.mechanisms.hooks import Answered, Opener, Reviewer, TakenBack

ANSWERED: Mapping[Mechanism, Answered] = {
    Mechanism.SEASON_REVIEW: season_review.answered,
    Mechanism.RECALIBRATION: recalibration.answered,
}
TAKEN_BACK: Mapping[Mechanism, TakenBack] = {
    Mechanism.SEASON_REVIEW: season_review.as_it_stands,
    Mechanism.RECALIBRATION: recalibration.as_it_stands,
}
OPENERS: Mapping[Mechanism, Opener] = {
    Mechanism.SEASON: seasons.open_check_in,
    Mechanism.SEASON_REVIEW: season_review.open_review,
    Mechanism.RECALIBRATION: recalibration.open_question,
}
REVIEWERS: Sequence[Reviewer] = (recalibration.review,)
