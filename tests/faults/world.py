"""The world of the model: one couple, one store, any number of clocks and workers, each step apart.

The engine's own functions act; nothing runs beside them. Whatever acts, the laws are held to what
it changed before anything else may act.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, text

from tests.faults import laws
from tests.faults.couples import Couple
from tests.faults.snapshot import Snapshot
from tests.faults.stand_ins import RIGHT, KilledError, Rings
from tests.faults.witness import Witness
from tests.faults.workers import Workers
from tests.support.key import KEY
from troth.clock import ManualClock
from troth.domain.states import NudgeState
from troth.engine.announce import announce
from troth.engine.dispatch import dispatch
from troth.engine.follow_up import follow_up
from troth.engine.occasions import open_occasions
from troth.engine.plan import plan
from troth.engine.review import review
from troth.engine.rounds import Rounds
from troth.engine.settle import settle
from troth.engine.sweep import sweep
from troth.schedules.couple import CoupleSchedule
from troth.schedules.languages import load_languages
from troth.store.database import Database
from troth.store.tables import metadata
from troth.store.vault import Vault

START = datetime(2026, 3, 2, 17, 50, tzinfo=UTC)  # ten minutes before the first slot
DUTIES = (  # as a round has them
    *("sweep", "plan", "dispatch", "announce", "follow_up", "settle"),
    *("review", "open_occasions"),
)
MOST_ROUNDS = 500
MOST_MOMENTS = 5_000  # what has still not come to an end never will


class World:
    """Everything that the steps of the model act upon."""

    def __init__(self, db: Database, files: Mapping[str, CoupleSchedule]) -> None:
        self.db, self.files = db, files
        self.vault, self.languages = Vault(KEY), load_languages()

    def begin(self) -> None:
        """An empty store, and nothing heard, begun or remembered."""
        _empty(self.db)
        self.clock, self.witness = ManualClock(START), Witness(self.db)
        theirs = (self.witness, self.clock, self.vault, self.languages)
        self.workers, self.couple = Workers(*theirs), Couple(self.files, *theirs)

    @property
    def last(self) -> Snapshot:
        """What the store held when somebody last looked."""
        return self.witness.last

    # --- the clock's duties ---

    def duty(
        self,
        name: str,
        skew: timedelta = RIGHT,
        *,
        dies: bool = False,
        trouble: BaseException | None = None,
    ) -> int:
        """Do one duty as a process whose clock is wrong by `skew`; return how much there was."""
        now, bell = self.clock.now() + skew, Rings(self.workers.rings, trouble)
        acts: Mapping[str, Callable[[Database], int]] = {
            "sweep": lambda db: sweep(db, self.vault, now),
            "plan": lambda db: plan(db, self.vault, now),
            "dispatch": lambda db: dispatch(db, bell, now),
            "announce": lambda db: announce(db, now),
            "follow_up": lambda db: follow_up(db, self.vault, now),
            "settle": lambda db: settle(db, now),
            "review": lambda db: review(db, self.vault, now),
            "open_occasions": lambda db: open_occasions(db, self.vault, now),
        }
        done = 0
        with self.witness.lending(name, dies=dies) as db:
            try:
                done = acts[name](db)
            except (KilledError, ConnectionError) as error:
                if error is not trouble:
                    raise
        if (
            done or trouble
        ):  # a duty that found nothing has changed nothing: or the next one is blamed
            self.witness.observe(name, now)
        if name == "settle" and not dies:
            laws.check_over(self.last, now)
        return done

    def round(self) -> int:
        """Make a healthy clock's round; return how much there was to do."""
        return sum(self.duty(name) for name in DUTIES)

    def next_moment(self) -> datetime | None:
        """When something is due next, as the clock itself reckons."""
        return Rounds(self.db, self.vault, Rings([]), self.clock).next_moment()

    def settle_down(self) -> None:
        """Make rounds with healthy clocks and workers until there is nothing left to do."""
        for _ in range(MOST_ROUNDS):
            busy = self.round()
            self.workers.work()
            if not busy:
                return
        raise AssertionError("the rounds never come to an end")

    def end_well(self) -> None:
        """Whoever was at work dies; wind on until all that had begun has come to its end."""
        self.workers.check_places()
        self.workers.all_die()
        self.settle_down()
        horizon = self._horizon()
        for _ in range(MOST_MOMENTS):
            if (coming := self.next_moment()) is None or coming > horizon:
                break
            self.clock.wind_to(max(coming, self.clock.now()))
            self.settle_down()
        else:
            raise AssertionError(f"the clock stands still at {self.clock.now()}")
        self.clock.wind_to(max(horizon, self.clock.now()))
        self.settle_down()
        laws.check_ended(self.last, self.clock.now())

    def _horizon(self) -> datetime:
        """When the last window that is open ends, and the last lease and wait."""
        open_now = (row.ends_at for row in self.last.occurrences.values() if row.state == "open")
        rows = self.last.nudges.values()
        leases = (row.lease_until for row in rows if row.lease_until is not None)
        waits = (row.not_before for row in rows if row.state == NudgeState.PLANNED)
        moments: list[datetime] = [self.clock.now(), *open_now, *leases, *waits]
        return max(moments)


def _empty(db: Database) -> None:
    with db.writing() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(delete(table))
            if not db.is_sqlite and "id" in table.c:  # so that an example is the same again
                sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
                conn.execute(text(f"SELECT setval({sequence}, 1, false)"))
