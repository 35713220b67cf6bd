"""What a row of ratings says: a shift that may be worth a talk, and a trend. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from statistics import mean, median

LOOK_BACK = timedelta(weeks=4)
FEWEST = 3  # ratings, before one can tell what is usual
SHIFT = 2  # points from one's own median
GAP = 3  # points between the two
LEVEL = 0.75  # points within which a mean is the same


class Trend(StrEnum):
    """Where one's own numbers go."""

    UP = "up"
    DOWN = "down"
    LEVEL = "level"


def is_notable(rating: int, own: Sequence[int], others: int | None) -> bool:
    """Say whether a rating, or its distance from the other's, may be worth a talk.

    `own` are the same partner's of the last four weeks, `others` the other's of this occurrence.
    Who hears of it is not told which of the two it was.
    """
    is_far = others is not None and abs(rating - others) >= GAP
    return is_far or (len(own) >= FEWEST and abs(rating - median(own)) >= SHIFT)


def trend(numbers: Sequence[float], level: float = LEVEL) -> Trend | None:
    """Return where numbers, oldest first, go: the later half beside the earlier; None for few."""
    if len(numbers) < FEWEST + 1:
        return None
    half = len(numbers) // 2
    moved = mean(numbers[-half:]) - mean(numbers[:half])
    if abs(moved) < level:
        return Trend.LEVEL
    return Trend.UP if moved > 0 else Trend.DOWN
