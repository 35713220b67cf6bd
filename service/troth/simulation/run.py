"""A simulation: couples' files are applied to a store of its own, and time is wound through it.

Nothing leaves the machine: every channel is replaced by the built-in inbox, and no address is read.
"""

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from troth.bootstrap import Store, build, open_store
from troth.clock import ManualClock
from troth.delivery.inbox_channel import SCHEME
from troth.domain.score import Standing
from troth.domain.states import Sensitivity
from troth.engine.apply import apply
from troth.engine.beside import Beside, beside_score
from troth.engine.standing import couple_standing
from troth.schedules.answers import AnswersFile
from troth.schedules.couple import CoupleSchedule, Way
from troth.settings import Settings, load_settings
from troth.simulation.log import Entry, from_ledger, in_order
from troth.simulation.talk import PUBLIC, Talk
from troth.simulation.winding import Winding
from troth.store import couples, ledger
from troth.store.records import Couple

INBOX = (Way(f"{SCHEME}://", Sensitivity.OPEN),)
EVERYTHING = 2**31 - 1  # events
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Outage:
    """The service is not running from `start` until just before `end`, both aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Span:
    """The time that is simulated, both ends aware and included, with the outages in it."""

    start: datetime
    end: datetime
    outages: tuple[Outage, ...] = ()

    def times_up(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield the times in which the service runs, first to last moment."""
        start = self.start
        for outage in sorted(self.outages, key=lambda each: each.start):
            if outage.start > self.end:
                break
            if start < outage.start:
                yield start, outage.start - _INSTANT
            start = max(start, outage.end)
        if start <= self.end:
            yield start, self.end


@dataclass(frozen=True)
class Simulated:
    """What came of it: each couple as applied, with where it stands in the end; and the log."""

    span: Span
    standings: tuple[tuple[Couple, Standing, Beside], ...]
    log: tuple[Entry, ...]


def simulate(schedules: Sequence[CoupleSchedule], span: Span, form: AnswersFile) -> Simulated:
    """Run the real service through `span`. Raises TrothError where it does not come to rest."""
    clock = ManualClock(span.start - _INSTANT)  # what is due at the first moment is yet to come
    with _private_settings() as settings:
        with _opened(settings, clock) as store:
            apply(store.db, store.vault, _unreachable(schedules), [], clock.now())
            known = _couples(store)
        talk = Talk({couple.id: couple for couple in known}, form)
        for start, end in span.times_up():
            clock.wind_to(start)
            _run(settings, clock, end, talk)
        with _opened(settings, clock) as store:
            return _result(store, span, known, talk)


def _run(settings: Settings, clock: ManualClock, end: datetime, talk: Talk) -> None:
    """Start the service, let time pass until `end`, and stop it, as a process would be."""
    service = build(open_store(settings, clock, durable=False))
    with Winding.of(service, clock) as winding:
        for now in winding.moments(end, talk.next):
            talk.go_on(service.store, now)


def _unreachable(schedules: Sequence[CoupleSchedule]) -> list[CoupleSchedule]:
    """Return the same couples, each partner with the inbox and nothing else."""
    return [
        replace(schedule, ways=dict.fromkeys(schedule.form.partners, INBOX))
        for schedule in schedules
    ]


def _result(store: Store, span: Span, known: Sequence[Couple], talk: Talk) -> Simulated:
    told: list[Entry] = [*talk.log]
    standings = []
    with store.db.reading() as conn:
        for couple in known:
            told += from_ledger(couple, ledger.read(conn, couple.id, last=EVERYTHING))
            standing = couple_standing(conn, couple.id)
            standings.append((couple, standing, beside_score(conn, couple.id)))
    return Simulated(span, tuple(standings), in_order(told))


def _couples(store: Store) -> list[Couple]:
    with store.db.reading() as conn:
        return [couples.load_couple(conn, each.id) for each in couples.all_couples(conn)]


@contextmanager
def _opened(settings: Settings, clock: ManualClock) -> Iterator[Store]:
    store = open_store(settings, clock, durable=False)
    with closing(store.db):
        yield store


@contextmanager
def _private_settings() -> Iterator[Settings]:
    """Give settings of its own, whatever the environment says; what they hold goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix="troth-simulation-"))
    try:
        yield load_settings(
            data=folder,
            database_url=f"sqlite:///{folder / 'troth.db'}",
            database_listen_url=None,
            redis_url=None,
            broker_url=None,
            secret_key=secrets.token_urlsafe(32),
            public_url=PUBLIC,
            schedules=None,
            limits={},
            inbound={},
            reply_address=None,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
