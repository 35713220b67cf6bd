"""The stage on which conversations play: the real service on a clock that is wound by hand.

Store, broker, worker and Apprise are the real ones; only time is ours. A partner `expects` a
message, `says` something, `expects` the next; a message that nobody expected fails the test.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dramatiq.brokers.stub import StubBroker

from tests.support.actor import Actor
from tests.support.key import KEY
from tests.support.known import PUBLIC, Known
from tests.support.phones import Phones
from troth.bootstrap import Service, Store, build, open_store
from troth.clock import ManualClock
from troth.delivery.courier import Courier, is_channel_url
from troth.domain.states import NudgeState
from troth.engine.apply import apply
from troth.engine.changes import Change
from troth.engine.rounds import Rounds
from troth.schedules.load import load_schedules
from troth.settings import Settings
from troth.simulation.winding import Winding
from troth.store import couples
from troth.store.claims import Claim
from troth.store.tables import nudges as nudge_table
from troth.store.tables import rituals as ritual_table
from troth.workers import QUEUE

MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def couple_file(
    rituals: str,
    *,
    ana: str = "",
    ben: str = "",
    zone: str = "Europe/Lisbon",
    name: str = "Ana & Ben",
    nudges_a_day: int | None = 24,
) -> str:
    """A couple's file. `ana` and `ben` hold what their tables say beside their names.

    Most tests are of a busy day; without `nudges_a_day` the file leaves it to the default.
    """
    most = f"nudges_a_day = {nudges_a_day}" if nudges_a_day else ""
    return f"""
couple = "{name}"
timezone = "{zone}"
[partners.ana]
name = "Ana"
{most}
{ana}
[partners.ben]
name = "Ben"
{most}
{ben}
{rituals}
"""


def phones_of(key: str, *names: str, more: str = "") -> str:
    """What a partner's table says who has these phones, each of which may show everything."""
    listed = ", ".join(
        f'{{ url = "{{phones}}/{key}/{name}", sensitivity = "open" }}' for name in names
    )
    return f"channels = [{listed}]\n{more}"


EVENING = """
[rituals.goodnight]
practice = "evening-check-in"
cron = "30 21 * * *"
visibility = "review"
"""
"""Words from both, brought to nobody yet; window 4 h, one reminder after 1 h."""


@dataclass
class Unheard:
    """A doorbell that rings where no worker hears it."""

    claims: list[Claim] = field(default_factory=list)

    def ring(self, claims: Sequence[Claim]) -> None:
        self.claims.extend(claims)

    def unheard(self) -> int:
        return 0


class Stage(Known):
    """One service over one database, and the couple that plays on it."""

    def __init__(self, url: str, folder: Path, phones: Phones, clock: ManualClock) -> None:
        self.settings = Settings(
            data=folder, database_url=url, secret_key=KEY, public_url=PUBLIC, redis_url=None
        )
        self.folder, self.phones, self.clock = folder, phones, clock
        self.numbers = itertools.count(1)
        self.wrap: Callable[[Courier], Courier] = lambda courier: courier
        self._winding: Winding | None = None
        self.ana, self.ben = Actor(self, "ana"), Actor(self, "ben")
        self.open()

    # --- the service ---

    def open(self) -> None:
        """Wire everything from the database alone, as a new process would."""
        self.store: Store = open_store(self.settings, clock=self.clock, migrate=True)
        self.service: Service = build(self.store, self._wrapped)
        self._winding = Winding(self.service, self.clock)

    def close(self) -> None:
        if self._winding is not None:
            self._winding.close()
            self._winding = None

    @property
    def winding(self) -> Winding:
        assert self._winding is not None, "the stage is closed"
        return self._winding

    def restart(self) -> None:
        """Throw every object away and build them anew over the same database."""
        self.close()
        self.open()

    def _wrapped(self, courier: Courier) -> Courier:
        return self.wrap(courier)

    # --- the couple ---

    def couple(self, toml: str) -> list[Change]:
        """Apply a couple's file; `{phones}` in it stands for the phones' server."""
        file = self.folder / "couple.toml"
        file.write_text(toml.replace("{phones}", self.phones.url))
        found = load_schedules([file], is_channel_url)
        changes = apply(
            self.store.db, self.store.vault, found.couples, [self.folder], self.clock.now()
        )
        with self.store.db.reading() as conn:
            known = couples.find_couple(conn, found.couples[0].name)
        assert known is not None
        self._couple_id = known.id
        return changes

    def retire(self) -> None:
        """Take every file out of the folder: its couples take part no more."""
        apply(self.store.db, self.store.vault, [], [self.folder], self.clock.now())

    # --- time ---

    def wind(self, to: str | None = None, **by: float) -> None:
        """Let time pass until `21:30`, `2026-11-01T02:00` (the couple's clock), or by `minutes=5`.

        The clock stops at every due moment on the way, and rounds are made until nothing is left.
        """
        until = self.clock.now() + timedelta(**by) if to is None else self._moment(to)
        for _ in self.winding.moments(until):
            pass

    def sleep(self, to: str | None = None, **by: float) -> None:
        """Let time pass while the service is down: nothing is done on the way."""
        self.clock.wind_to(self.clock.now() + timedelta(**by) if to is None else self._moment(to))

    def settle_down(self) -> None:
        """Make rounds at this moment until there is nothing left to do."""
        self.winding.settle_down()

    def claim(self) -> list[Claim]:
        """Make a round whose doorbell nobody hears; return what it claimed."""
        bell = Unheard()
        self.deaf_rounds(bell).once()
        return bell.claims

    def plan_again(self) -> None:
        """Take every claim back, as if it had never been made."""
        fresh = {"state": NudgeState.PLANNED, "attempt": 0, "lease_until": None}
        with self.store.db.writing() as conn:
            conn.execute(nudge_table.update().values(**fresh))

    def deaf_rounds(self, bell: "Unheard") -> Rounds:
        """Another clock over the same database, with a doorbell of its own."""
        return Rounds(self.store.db, self.store.vault, bell, self.clock)

    def ring_and_die(self, claims: Sequence[Claim]) -> None:
        """Ring for claims whose worker is killed at work: what it was doing stays undone."""
        self.service.bell.ring(claims)
        self._broker.join(QUEUE, timeout=20_000, fail_fast=False)
        assert self.service.delivery.join(20)

    def damage_ritual(self, key: str) -> None:
        """Make a ritual's row unreadable."""
        damaged = ritual_table.update().where(ritual_table.c.key == key)
        with self.store.db.writing() as conn:
            conn.execute(damaged.values(spec={"cron": "0 0 31 2 *"}))

    def drain(self) -> None:
        """Return once the worker has nothing in hand."""
        self.winding.drain()

    @property
    def _broker(self) -> StubBroker:
        broker = self.service.bell._broker
        assert isinstance(broker, StubBroker)
        return broker

    def _moment(self, text: str) -> datetime:
        zone = self.in_play.zone if self._couple_id else ZoneInfo("Europe/Lisbon")
        here = self.clock.now().astimezone(zone)
        if "T" in text:
            return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
        hour, minute = map(int, text.split(":"))
        wanted = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if wanted <= here:
            wanted += timedelta(days=1)
        return wanted.astimezone(UTC)


@contextmanager
def on_stage(url: str, folder: Path, start: datetime = MONDAY_NOON) -> Iterator[Stage]:
    """A stage that is cleared at the end. What nobody expected fails the test."""
    clock = ManualClock(start)
    with Phones(clock.now).switched_on() as phones:
        stage = Stage(url, folder, phones, clock)
        try:
            yield stage
            if stage._couple_id is not None:
                stage.ana.expects_nothing()
                stage.ben.expects_nothing()
        finally:
            stage.close()
