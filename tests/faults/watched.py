"""A service that is watched: bursts fall due in it, and are seen through to their end."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, func, select, update

from tests.faults.burst import Burst
from tests.faults.oracle import WAITING, Oracle
from tests.faults.partners import Partners
from tests.faults.sink import Sink
from tests.faults.sizes import FULL, Size, tell
from tests.support.processes import Process
from troth.bootstrap import Store
from troth.domain.states import NudgeState, OccurrenceState
from troth.store.tables import nudges, occurrences, providers

PATIENCE = 900 if FULL else 60  # seconds; five attempts in their own time take eight minutes
# Seconds without any news, beyond what a provider takes, after which what is left must wait for a
# lease or a retry. Shorter, and the leases of what is being sent would end too.
STILL = 1.0


class Watched:
    """Real processes over one store, and the providers that they send to."""

    store: Store
    sink: Sink
    folder: Path
    pages: Sequence[str]
    processes: dict[str, Process]
    patience: float = PATIENCE

    @contextmanager
    def burst(
        self,
        size: Size,
        seed: int = 1,
        providers: Sequence[tuple[str, ...]] = (("kind",),),
        *,
        silent: bool = False,
        after: timedelta = timedelta(),
        former: Callable[[Path], None] | None = None,
    ) -> Iterator[Oracle]:
        """Let many rituals fall due at once, with partners who answer; gives who knows the end."""
        burst = Burst(size, providers, silent, former)
        partners = Partners(burst, self.pages, random.Random(seed))  # noqa: S311 - to be repeated
        self.sink.heard.append(partners.hear)
        with partners.answering():
            burst.falls_due(self.store, self.sink, self.folder, after)
            yield Oracle(burst, self.store, self.sink, partners)

    def deliver(self, oracle: Oracle, *, hurry: bool = not FULL) -> None:
        """Return once every nudge has come to its end, and every answer is taken.

        `hurry` ends leases and waits in the store as soon as nothing moves any more.
        """
        before, since = self._news(oracle), time.monotonic()
        still = STILL + max((manner.latency for manner in self.sink.manners.values()), default=0)

        def over() -> bool:
            nonlocal before, since
            now = self._news(oracle)
            if now != before:
                before, since = now, time.monotonic()
            elif hurry and time.monotonic() - since > still:
                self.end_waits(oracle)
                since = time.monotonic()
            return oracle.delivered() and oracle.partners.all_taken()

        self.wait_until(over, lambda: f"the end of every nudge: {self._news(oracle)}")

    def end_waits(self, oracle: Oracle) -> None:
        """Let every lease and every wait for a next attempt end now: what a clock would wait for.

        Nobody has any of it in hand by then but who is dead, stopped or cut off.
        """
        theirs = nudges.c.couple_id.in_(oracle.burst.ids.values())
        now = self.store.clock.now()
        with self.store.db.writing() as conn:
            free = select(nudges.c.id).where(theirs, nudges.c.state.in_(WAITING))
            ids = conn.execute(free.with_for_update(skip_locked=True)).scalars().all()
            left = update(nudges).where(nudges.c.id.in_(ids))
            leased = left.where(nudges.c.state == NudgeState.SENDING)
            conn.execute(leased.values(lease_until=now))
            waits = left.where(nudges.c.state == NudgeState.PLANNED, nudges.c.not_before > now)
            conn.execute(waits.values(not_before=now))
            conn.execute(delete(providers))  # which ask for a rest

    def settle(self, oracle: Oracle) -> None:
        """End every window now (they last two hours), and return once each is settled."""
        theirs = occurrences.c.couple_id.in_(oracle.burst.ids.values())
        is_open = (occurrences.c.state == OccurrenceState.OPEN) & theirs
        now = self.store.clock.now()
        with self.store.db.writing() as conn:
            ended = update(occurrences).where(is_open).values(ends_at=now, settle_at=now)
            conn.execute(ended)

        def left() -> int:
            with self.store.db.reading() as conn:
                query = select(func.count()).select_from(occurrences).where(is_open)
                return int(conn.execute(query).scalar_one())

        self.wait_until(lambda: left() == 0, lambda: f"{left()} occurrences to settle")

    def finish(self, oracle: Oracle, scenario: str, *, hurry: bool = not FULL) -> None:
        """See a burst through to its end, hold it against what must be, and print the counts."""
        self.deliver(oracle, hurry=hurry)
        self.settle(oracle)
        counts = oracle.check()
        self.check_at_rest()
        tell(f"\n{scenario}: {json.dumps(counts)}")

    def check_at_rest(self) -> None:
        """What else must hold once a burst is over."""

    def wait_until(
        self, check: Callable[[], bool], what: Callable[[], str], timeout: float | None = None
    ) -> None:
        """Return once `check` holds; a role that has ended by itself, or a long wait, fails."""
        timeout = timeout or self.patience
        deadline = time.monotonic() + timeout
        printed = time.monotonic()
        while not check():
            for role, process in self.processes.items():
                assert process.is_running(), f"{role} ended:\n{process.output[-4000:]}"
            if time.monotonic() > deadline:
                tails = "\n".join(
                    f"--- {role}\n{process.output[-1500:]}"
                    for role, process in self.processes.items()
                )
                raise AssertionError(f"waited {timeout:g} s for {what()}\n{tails}")
            if FULL and time.monotonic() - printed > 10:
                printed = time.monotonic()
                tell(f"  waiting for {what()}")
            time.sleep(0.05)

    def _news(self, oracle: Oracle) -> dict[str, int]:
        return {**oracle.states(), "arrived": len(self.sink.arrivals)}
