"""Who sees what everybody does to the store, and holds the laws to it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from tests.faults import laws, snapshot
from tests.faults.snapshot import Snapshot
from tests.faults.stand_ins import Dying, KilledError, Provider
from troth.engine import door
from troth.engine.standing import couple_standing, folded_standing
from troth.store.database import Database


class Witness:
    """Sees the store as it was `last`, what `provider` took, and what was `said`, by its number."""

    def __init__(self, db: Database) -> None:
        self.db, self.provider = db, Provider()
        self.said: dict[str, door.Answer] = {}
        self.last = self.look()

    def look(self) -> Snapshot:
        with self.db.reading() as conn:
            return snapshot.take(conn)

    def observe(self, who: str, now: datetime) -> None:
        """Hold the laws to whatever changed since somebody last looked."""
        before, self.last = self.last, self.look()
        laws.check_nudges(self.last, self.provider.left)
        assert len(self.last.replies) == len(self.said), "a reply was lost, or kept twice"
        if self.last == before:
            return
        laws.check_moves(before, self.last, who)
        laws.check_marks(before, self.last, who)
        laws.check_settled(before, self.last, who, now)
        for law in (laws.check_ledger, laws.check_born_once, laws.check_counters, laws.check_miss):
            law(self.last)
        self._check_score()

    def _check_score(self) -> None:
        with self.db.reading() as conn:
            for couple_id in {row.couple_id for row in self.last.rituals.values()}:
                assert couple_standing(conn, couple_id) == folded_standing(conn, couple_id)

    @contextmanager
    def lending(self, who: str, *, dies: bool) -> Iterator[Database]:
        """Give somebody the store; one who dies before the first commit has changed nothing."""
        if not dies:
            yield self.db
            return
        with suppress(KilledError):
            yield Dying(self.db)
        assert self.look() == self.last, f"{who} was killed, and changed this"

    @contextmanager
    def watching(self, who: str, now: datetime, *, dies: bool) -> Iterator[Database]:
        """Lend somebody the store, and see what that changed."""
        with self.lending(who, dies=dies) as db:
            yield db
        if not dies:
            self.observe(who, now)
