"""A service whose clock is wound by hand: it stops at every due moment, and never sleeps.

Store, broker, worker and delivery are the real ones; only time is ours.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from troth.bootstrap import Service
from troth.clock import ManualClock
from troth.errors import TrothError

MOST_ROUNDS = 5_000  # at one moment: what has still not come to an end never will
IDLE_MS = 20  # a wound clock is short-lived: its worker should stop as soon as it is told to
PATIENCE = 20.0  # seconds of the machine's own time, for what is in hand to be written

Moment = datetime | None


class Winding:
    """One service with its worker, and the clock that both go by. Its maker closes it."""

    def __init__(self, service: Service, clock: ManualClock) -> None:
        self.service = service
        self._clock = clock
        self._worker = service.bell.worker(IDLE_MS)
        self._worker.start()

    @classmethod
    @contextmanager
    def of(cls, service: Service, clock: ManualClock) -> Iterator["Winding"]:
        """Give a service at work; it is stopped and closed at the end."""
        winding = cls(service, clock)
        try:
            yield winding
        finally:
            winding.close()

    def close(self) -> None:
        """Stop the worker and let the service go."""
        self._worker.stop()
        self.service.close()

    def moments(
        self, until: datetime, others: Callable[[], Moment] = lambda: None
    ) -> Iterator[datetime]:
        """Let time pass until aware `until`; yield at each stop, when all that was due is done.

        The clock stops now, wherever something is due, at the moment that `others` names next, and
        at the end. Raises TrothError where something stays due for ever.
        """
        self.settle_down()
        yield self._clock.now()
        stood = 0
        while (coming := self._next(others)) is not None and coming <= until:
            stood = 0 if coming > self._clock.now() else stood + 1
            if stood > MOST_ROUNDS:
                raise TrothError(f"the clock stands still at {self._clock.now()}")
            self._clock.wind_to(max(coming, self._clock.now()))
            self.settle_down()
            yield self._clock.now()
        self._clock.wind_to(until)
        self.settle_down()
        yield until

    def settle_down(self) -> None:
        """Make rounds at this moment until there is nothing left to do."""
        for _ in range(MOST_ROUNDS):
            busy = self.service.rounds.once()
            self.drain()
            if not busy or self._is_quiet():
                return
        raise TrothError(f"the rounds at {self._clock.now()} never come to an end")

    def drain(self) -> None:
        """Return once the worker has nothing in hand."""
        self.service.bell.join(self._worker, PATIENCE)
        if not self.service.delivery.join(PATIENCE):
            raise TrothError("a send does not come to an end")

    def _is_quiet(self) -> bool:
        """Say whether nothing is due any more: asking costs a tenth of a round."""
        coming = self.service.rounds.next_moment()
        return coming is None or coming > self._clock.now()

    def _next(self, others: Callable[[], Moment]) -> Moment:
        moments = (self.service.rounds.next_moment(), others())
        return min((moment for moment in moments if moment), default=None)
