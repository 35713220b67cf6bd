"""The clock's own loop on a clock of ours: time passes while it naps, and may jump as it likes.

A change of the clocks has hurt services that were running through it, not functions that were
called after it: so the loop runs through the night as it would, in one go, without a restart.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.support.stage import Stage

STRIDE = timedelta(minutes=10)  # the longest nap, where nothing is due sooner


@dataclass
class Naps(threading.Event):
    """What the loop waits on. A nap takes no time, but the clock moves on by it.

    Naps of the loop's own second would make a night of some ten thousand rounds, 5 ms each.
    """

    stage: Stage
    until: datetime
    jumps: Iterator[timedelta] = field(default_factory=lambda: iter(()))
    taken: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def is_set(self) -> bool:
        return self.stage.clock.now() >= self.until

    def wait(self, timeout: float | None = None) -> bool:
        self.stage.drain()
        clock = self.stage.clock
        coming = self.stage.service.rounds.next_moment()
        longest = clock.now() + STRIDE
        soon = clock.now() + timedelta(seconds=min(timeout or 0, 1))
        clock.wind_to(min(max(coming or longest, soon), longest))
        clock.wind(next(self.jumps, timedelta()))
        self.taken += 1
        return self.is_set()


def run_through(stage: Stage, until: datetime, jumps: Iterable[timedelta] = ()) -> Naps:
    """Let the loop run until a moment, with these jumps of its clock, one after every nap."""
    naps = Naps(stage, until, iter(jumps))
    stage.service.rounds.run(naps)
    return naps
