"""The clock's round: every duty in turn, then sleep until the next due moment."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from troth.clock import Clock
from troth.engine.announce import announce
from troth.engine.dispatch import dispatch
from troth.engine.doorbell import Doorbell
from troth.engine.follow_up import follow_up
from troth.engine.occasions import open_occasions
from troth.engine.plan import AHEAD, plan
from troth.engine.pulse import Pulse
from troth.engine.review import review
from troth.engine.settle import settle
from troth.engine.sweep import sweep
from troth.store.agenda import AGENDA, LEASE, NUDGE, OCCURRENCE, RITUAL, Kind
from troth.store.database import Database
from troth.store.vault import Vault
from troth.store.wakeup import Sleeper, sleeper
from troth.telemetry import metrics, tracing

log = structlog.get_logger()

LONGEST_SLEEP = timedelta(seconds=1)  # should the word be lost, or the machine's clock jump
SHORTEST_SLEEP = timedelta(milliseconds=20)
AFTER_TROUBLE = timedelta(seconds=5)

Duties = Mapping[str, Callable[[], int]]


@dataclass(frozen=True)
class Rounds:
    """The duties of one clock. Any number of clocks may make their rounds at the same time."""

    db: Database
    vault: Vault
    doorbell: Doorbell
    clock: Clock
    bed: Callable[[Database], AbstractContextManager[Sleeper]] = sleeper
    pulse: Pulse = field(default_factory=Pulse)

    def once(self) -> int:
        """Do each duty once at the present moment; return how much there was to do.

        One duty's trouble keeps no other from its work; what went wrong is raised at the end.
        """
        done, troubles = self._round()
        if troubles:
            raise ExceptionGroup("duties failed", troubles)
        return done

    def _round(self, turned: Callable[[], None] = lambda: None) -> tuple[int, list[Exception]]:
        """Do each duty; `turned` is called after each that fails.

        Where the store is away or locked each waits until it gives up, and all of them together
        for longer than a watch of this loop has patience.
        """
        now = self.clock.now()
        done, troubles = 0, []
        for kinds, duties in self._duties(now):
            try:
                due = self._is_due(kinds, now)
            except Exception as error:  # noqa: BLE001 - told by who asked for the round
                troubles.append(error)
                turned()
                continue
            for name, duty in duties.items() if due else ():
                try:
                    done += _traced(name, duty)
                except Exception as error:  # noqa: BLE001 - as above
                    troubles.append(error)
                    turned()
        return done, troubles

    def _duties(self, now: datetime) -> tuple[tuple[Sequence[Kind] | None, Duties], ...]:
        """Return the duties in turn, each with the kinds of work that it does.

        To look whether any is due costs less than a duty that finds nothing: it takes the writer's
        place.
        """
        return (
            ([LEASE], {"sweep": lambda: sweep(self.db, self.vault, now)}),
            ([RITUAL], {"plan": lambda: plan(self.db, self.vault, now)}),
            ([NUDGE], {"dispatch": lambda: dispatch(self.db, self.doorbell, now)}),
            (
                OCCURRENCE,
                {
                    "announce": lambda: announce(self.db, now),
                    "follow_up": lambda: follow_up(self.db, self.vault, now),
                    "settle": lambda: settle(self.db, now),
                },
            ),
            (  # which look for themselves before they write
                None,
                {
                    "review": lambda: review(self.db, self.vault, now),
                    "occasions": lambda: open_occasions(self.db, self.vault, now),
                },
            ),
        )

    def _is_due(self, kinds: Sequence[Kind] | None, now: datetime) -> bool:
        if kinds is None:
            return True
        with self.db.reading() as conn:
            moment = _next(conn, kinds)
        return moment is not None and moment <= now

    def next_moment(self) -> datetime | None:
        """Return when something is due next, aware UTC, or None."""
        with self.db.reading() as conn:
            return _next(conn, AGENDA)

    def run(self, stopping: threading.Event, turned: Callable[[], None] = lambda: None) -> None:
        """Make rounds until told to stop. Trouble with the store is logged, and tried again.

        A tick on which nothing is due costs a few index look-ups and no write. `turned` is called
        after each, when a round was made, when nothing was due, and when the store is away; and
        after each duty that failed.
        """
        while not stopping.is_set():
            try:
                with self.bed(self.db) as bed:
                    self._keep(bed, stopping, turned)
            except Exception:
                metrics.DUTIES_FAILED.inc()
                log.exception("round.failed")
                turned()
                stopping.wait(AFTER_TROUBLE.total_seconds())

    def _keep(self, bed: Sleeper, stopping: threading.Event, turned: Callable[[], None]) -> None:
        """Make rounds, and sleep in between; the longer, the oftener nothing could be done.

        What is due may have to wait, for the workers are behind: looking at it all the time would
        take from the database what they need.
        """
        pause = SHORTEST_SLEEP
        while not stopping.is_set():
            wait = self._until_next()
            metrics.TICKS.inc()
            troubles: list[Exception] = []
            if wait <= timedelta():
                metrics.LAG.observe(-wait.total_seconds())
                done, troubles = self._round(turned)
                pause = SHORTEST_SLEEP if done else min(2 * pause, LONGEST_SLEEP)
                wait = timedelta() if done else pause
                if troubles:
                    self._rest(troubles, stopping, busy=done > 0)
            if not troubles:
                self.pulse.beat()
            turned()
            bed.sleep(wait.total_seconds(), stopping)

    def _rest(self, troubles: list[Exception], stopping: threading.Event, *, busy: bool) -> None:
        """Log what went wrong; wait before it is tried again, unless there is other work."""
        metrics.DUTIES_FAILED.inc(len(troubles))
        for trouble in troubles:
            log.error("duty.failed", exc_info=trouble)
        if not busy:
            stopping.wait(AFTER_TROUBLE.total_seconds())

    def _until_next(self) -> timedelta:
        moment = self.next_moment()
        if moment is None:
            return LONGEST_SLEEP
        return min(moment - self.clock.now(), LONGEST_SLEEP)


def _traced(name: str, duty: Callable[[], int]) -> int:
    with tracing.span(f"clock.{name}") as span:
        done = duty()
        if done:
            span.note(done=done)
        else:
            span.forget()
        return done


def _next(conn: Connection, kinds: Sequence[Kind]) -> datetime | None:
    """Return when a clock has next to do with these: rituals are planned before they are due."""
    ahead = {RITUAL: AHEAD}
    firsts = ((kind, kind.first(conn)) for kind in kinds)
    return min((at - ahead.get(kind, timedelta()) for kind, at in firsts if at), default=None)
