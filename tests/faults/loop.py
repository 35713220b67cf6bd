"""The clock's own loop on a clock of ours: time passes while it naps, and may jump as it likes.

A change of the clocks has hurt services that were running through it, not functions that were
called after it: so the loop runs through the night as it would, in one go, without a restart.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.support.stage import Stage

STRIDE = timedelta(minutes=10)  # the longest nap, where nothing is due sooner


@dataclass
class Naps:
    """Where the loop sleeps. A nap takes no time, but the clock moves on by it.

    Naps of the loop's own second would make a night of some ten thousand rounds, 5 ms each.
    """

    stage: Stage
    until: datetime
    jumps: Iterator[timedelta] = field(default_factory=lambda: iter(()))
    meanwhile: Callable[[], object] = lambda: None
    taken: int = 0

    def sleep(self, seconds: float, stopping: threading.Event) -> None:
        self.stage.drain()
        self.meanwhile()
        clock = self.stage.clock
        coming = self.stage.service.rounds.next_moment()
        longest = clock.now() + STRIDE
        soon = clock.now() + timedelta(seconds=min(seconds, 1))
        clock.wind_to(min(max(coming or longest, soon), longest))
        clock.wind(next(self.jumps, timedelta()))
        self.taken += 1
        if clock.now() >= self.until:
            stopping.set()


def run_through(
    stage: Stage,
    until: datetime,
    jumps: Iterable[timedelta] = (),
    meanwhile: Callable[[], object] = lambda: None,
) -> Naps:
    """Let the loop run until a moment, with these jumps of its clock, one after every nap.

    `meanwhile` is called in every nap, for partners who answer.
    """
    naps = Naps(stage, until, iter(jumps), meanwhile)
    rounds = replace(stage.service.rounds, bed=lambda _db: nullcontext(naps))
    rounds.run(threading.Event())
    return naps
