"""The crew of one worker: so many sends at once, and no provider may take more than it leaves.

A provider may begin another send only while it holds fewer places than are free. Alone it gets
half of them; one that hangs leaves half to the rest, a second one a quarter, and so on: a dead
provider costs the others room, never their turn.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

import structlog

from troth.telemetry.metrics import IN_HAND

log = structlog.get_logger()

PATIENCE = 1.0  # seconds to wait for places: what waits here holds up what is queued behind it
SLOW = 3.0  # seconds a send: nobody waits for a provider that takes longer
MOST_PACES = 1_000  # providers: everybody may bring one, and a worker runs for months
LUMPS = 32  # places are given out several together, so that picking them is worth a transaction


class Hands:
    """Threads, or greenlets where those are patched in, that do one job after the other.

    A pool that hands out futures costs twice as much a job on greenlets (54 us, not 27), and nobody
    waits for what becomes of a send here.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._started = self._idle = 0
        self._count = threading.Lock()
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def take(self, job: Callable[[], None]) -> None:
        """Do a job as soon as a hand is free. Raises RuntimeError where no thread can be had."""
        with self._count:
            if self._idle > 0:
                self._idle -= 1
            elif self._started < self._most:
                threading.Thread(target=self._work, name="send", daemon=True).start()
                self._started += 1  # only now: who could not be started is no hand
        self._jobs.put(job)

    def _work(self) -> None:
        while True:
            self._jobs.get()()
            with self._count:
                self._idle += 1


class Crew:
    """Places for sends, given out by provider."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lump = max(1, size // LUMPS)
        self._hands = Hands(size)
        self._held = 0
        self._busy: Counter[str] = Counter()  # of what is held: by each provider that holds any
        # Seconds a send takes by each provider, smoothed; who sent last comes last.
        self._pace: dict[str, float] = {}
        self._moved = threading.Condition()

    def reserve(self, wanted: Mapping[str, int]) -> Counter[str]:
        """Return how many sends of each provider may begin now; their places are held.

        Waits a moment for places, unless the providers asked for are slow; may return none.
        """
        with self._moved:
            hurried = all(self._pace.get(provider, 0.0) > SLOW for provider in wanted)
            ends = time.monotonic() + (0.0 if hurried else PATIENCE)
            while not (granted := self._grant(wanted)) and (left := ends - time.monotonic()) > 0:
                self._moved.wait(left)
            return granted

    def release(self, provider: str, places: int = 1) -> None:
        """Give places back that were held."""
        with self._moved:
            self._hold(provider, -places)
            self._moved.notify_all()

    def start(self, provider: str, send: Callable[[], None]) -> None:
        """Do a send on a place that is held, and that the sender gives back."""
        self._hands.take(partial(self._do, provider, send))

    def join(self, seconds: float | None = None) -> bool:
        """Wait until nothing is in hand; return whether that came to be in time."""
        with self._moved:
            return self._moved.wait_for(lambda: not self._held, seconds)

    def _do(self, provider: str, send: Callable[[], None]) -> None:
        began = time.monotonic()
        try:
            send()
        except BaseException:
            log.exception("send.broke_off")  # its lease ends, and it is marked
        self._note(provider, time.monotonic() - began)

    def _note(self, provider: str, took: float) -> None:
        with self._moved:
            pace = self._pace.pop(provider, took)
            self._pace[provider] = 0.9 * pace + 0.1 * took
            if len(self._pace) > MOST_PACES:
                del self._pace[next(iter(self._pace))]

    def _grant(self, wanted: Mapping[str, int]) -> Counter[str]:
        granted: Counter[str] = Counter()
        for provider, number in wanted.items():
            free = self.size - self._held
            places = min(number, (free - self._busy[provider] + 1) // 2)
            if places >= min(number, self._lump):
                granted[provider] = places
                self._hold(provider, places)
        return granted

    def _hold(self, provider: str, places: int) -> None:
        """Count places that a provider takes, or gives back where their number is negative."""
        self._held += places
        IN_HAND.inc(places)
        self._busy[provider] += places
        if not self._busy[provider]:
            del self._busy[provider]
