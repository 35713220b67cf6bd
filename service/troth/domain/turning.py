"""The turning-toward rate: bids answered in their window, of bids made. In no score."""

from collections.abc import Iterable
from dataclasses import dataclass

BACKGROUND = 86  # per cent, what research found in couples that last; not a target


@dataclass(frozen=True)
class Turning:
    """How many of the bids that were made were answered in their window."""

    answered: int
    made: int

    @property
    def share(self) -> float | None:
        """The rate in 0..1, or None while no bid was made."""
        return self.answered / self.made if self.made else None


def turning_toward(answered_in_time: Iterable[bool]) -> Turning:
    """Count bids that came to an end, each told by whether its answer came in its window."""
    answers = list(answered_in_time)
    return Turning(sum(answers), len(answers))
