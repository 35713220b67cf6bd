"""A tick of the clock on which nothing is due, however many rituals there are."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.bulk import BEFORE, fill
from tests.benchmarks.couples import opened
from tests.benchmarks.progress import progress
from tests.benchmarks.servers import DurablePostgreSQL
from tests.support.servers import Redis
from troth.clock import ManualClock
from troth.engine.rounds import Rounds
from troth.workers import DramatiqBell

RITUALS_EACH = 5
TICKS = 200


@dataclass(frozen=True)
class Idle:
    """Medians of one look at the next moment, and of one round of all duties, in ms."""

    rituals: int
    next_moment: float
    once: float


def measure(
    postgres: DurablePostgreSQL, redis: Redis, folder: Path, sizes: Sequence[int]
) -> list[Idle]:
    """Fill a database a size with rituals that are all due an hour later, and tick.

    The sizes take turns, tick by tick, so that a busy moment of the machine meets them all.
    """
    redis.flush()
    bell = DramatiqBell(redis.url, lambda *_: None)
    with ExitStack() as stack:
        clocks = []
        for size in sizes:
            url = stack.enter_context(postgres.database())
            progress(f"writing the rows of {size} rituals")
            fill(url, folder, size // RITUALS_EACH, RITUALS_EACH)
            store = stack.enter_context(opened(url))
            clocks.append(Rounds(store.db, store.vault, bell, ManualClock(BEFORE)))
        progress("ticking while nothing is due")
        looks = _typical([rounds.next_moment for rounds in clocks])
        rounds = _typical([rounds.once for rounds in clocks])
    bell.close()
    return [Idle(*figures) for figures in zip(sizes, looks, rounds, strict=True)]


def _typical(ticks: Sequence[Callable[[], object]]) -> list[float]:
    """The median of each, in ms, of many in turn, after some that warm caches up."""
    taken = [[_timed(tick) for tick in ticks] for _ in range(TICKS)][TICKS // 10 :]
    return [median(times) * 1e3 for times in zip(*taken, strict=True)]


def _timed(tick: Callable[[], object]) -> float:
    began = time.monotonic()
    tick()
    return time.monotonic() - began
