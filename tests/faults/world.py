"""The world of the model: one couple, one store, any number of clocks and workers, each step apart.

The engine's own functions act; nothing runs beside them. Whatever acts, the laws are held to what
it changed before anything else may act.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, text

from tests.faults import laws, snapshot
from tests.faults.hands import (
    Begun,
    Dying,
    Hands,
    KilledError,
    Leave,
    Notes,
    Provider,
    Rings,
    Skewed,
)
from tests.faults.snapshot import Snapshot
from tests.support.stage import KEY, PUBLIC
from troth.clock import ManualClock
from troth.delivery.outcome import Message, Outcome, Refused, Sent, TryAgain
from troth.domain.grammar import Verb
from troth.domain.reply import Reply, Said
from troth.domain.states import NudgeState
from troth.engine import door, results
from troth.engine.announce import announce
from troth.engine.apply import apply
from troth.engine.deliver import Delivery, Post
from troth.engine.dispatch import dispatch
from troth.engine.follow_up import follow_up
from troth.engine.plan import plan
from troth.engine.results import Result
from troth.engine.rounds import Rounds
from troth.engine.settle import settle
from troth.engine.standing import couple_standing, folded_standing
from troth.engine.sweep import sweep
from troth.schedules.couple import CoupleSchedule
from troth.schedules.languages import load_languages
from troth.store.claims import Claim
from troth.store.database import Database
from troth.store.replies import ACCOUNTS
from troth.store.tables import metadata
from troth.store.vault import Vault

START = datetime(2026, 3, 2, 17, 50, tzinfo=UTC)  # ten minutes before the first slot
DUTIES = ("sweep", "plan", "dispatch", "announce", "follow_up", "settle")  # as a round has them
RIGHT = timedelta()
MOST_ROUNDS = 500
AFTER_SENDING = {
    Sent: {NudgeState.SENT},
    TryAgain: {NudgeState.PLANNED, NudgeState.FAILED},
    Refused: {NudgeState.FAILED},
}


class World:
    """Everything that the steps of the model act upon."""

    def __init__(self, db: Database, files: Mapping[str, CoupleSchedule]) -> None:
        self.db, self.files = db, files
        self.vault, self.languages = Vault(KEY), load_languages()

    def begin(self) -> None:
        """An empty store, and nothing heard, begun or remembered."""
        self._empty()
        self.clock, self.provider = ManualClock(START), Provider()
        self.rings: list[tuple[Claim, ...]] = []
        self.hands: list[Begun] = []
        self.results: list[Result] = []
        self.begun: set[Claim] = set()
        self.said: dict[str, door.Answer] = {}
        self.last = self._look()

    def _empty(self) -> None:
        with self.db.writing() as conn:
            for table in reversed(metadata.sorted_tables):
                conn.execute(delete(table))
                if (
                    not self.db.is_sqlite and "id" in table.c
                ):  # so that an example is the same again
                    sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
                    conn.execute(text(f"SELECT setval({sequence}, 1, false)"))

    # --- acting, and being looked at ---

    def _look(self) -> Snapshot:
        with self.db.reading() as conn:
            return snapshot.take(conn)

    def observe(self, who: str, now: datetime) -> None:
        """Hold the laws to whatever changed since somebody last looked."""
        before, self.last = self.last, self._look()
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
    def _acting(self, who: str, now: datetime, *, dies: bool) -> Iterator[Database]:
        """Give somebody the store; one who dies before the first commit has changed nothing."""
        if not dies:
            yield self.db
            if who not in DUTIES:
                self.observe(who, now)
            return
        with suppress(KilledError):
            yield Dying(self.db)
        assert self._look() == self.last, f"{who} was killed, and changed this"

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
        now, bell = self.clock.now() + skew, Rings(self.rings, trouble)
        acts: Mapping[str, Callable[[Database], int]] = {
            "sweep": lambda db: sweep(db, self.vault, now),
            "plan": lambda db: plan(db, self.vault, now),
            "dispatch": lambda db: dispatch(db, bell, now),
            "announce": lambda db: announce(db, now),
            "follow_up": lambda db: follow_up(db, self.vault, now),
            "settle": lambda db: settle(db, now),
        }
        done = 0
        with self._acting(name, now, dies=dies) as db:
            try:
                done = acts[name](db)
            except (KilledError, ConnectionError) as error:
                if error is not trouble:
                    raise
        if (
            done or trouble
        ):  # a duty that found nothing has changed nothing: or the next one is blamed
            self.observe(name, now)
        if name == "settle" and not dies:
            laws.check_over(self.last, now)
        return done

    def round(self) -> int:
        """Make a healthy clock's round; return how much there was to do."""
        return sum(self.duty(name) for name in DUTIES)

    # --- the worker, in the steps between which it may die ---

    def answer(
        self,
        rung: Sequence[Claim],
        skew: timedelta = RIGHT,
        *,
        room: int | None = None,
        leave: Leave | None = None,
        dies: bool = False,
    ) -> None:
        """Hear the doorbell: look, pick what there is room for, and begin to send it."""
        clock, leave = Skewed(self.clock, skew), leave or Leave()
        hands = Hands(room, clock, self._begin)
        post = Post(self.provider, self.vault, self.languages, PUBLIC)
        with self._acting("deliver", clock.now(), dies=dies) as db:
            Delivery(db, post, clock, hands, leave, Notes(self.results)).deliver(rung)

    def _begin(self, begun: Begun) -> None:
        nudge = begun.parcel.nudge
        self.observe("deliver", begun.clock.now())
        row = self.last.nudge(nudge.id)
        assert row is not None
        assert row.attempt == nudge.attempt, f"another's attempt is sent: {row}"
        assert (nudge.id, nudge.attempt) not in self.begun, f"two workers send one attempt: {row}"
        laws.check_begun(self.last, row, begun.clock.now())
        self.begun.add((nudge.id, nudge.attempt))
        self.hands.append(begun)

    def send(self, begun: Begun, outcome: Outcome) -> None:
        """Make a send that was begun; one begun too long ago is left to its lease."""
        self.hands.remove(begun)
        self.provider.answer, told = outcome, len(self.provider.seen)
        begun.send()
        left = self.provider.seen[told:]
        assert len(left) == (0 if begun.is_too_late() else 1), "it left late, or not at all"
        if left:
            self._check_left(begun, left[0])
        self.observe("send", self.clock.now())

    def _check_left(self, begun: Begun, message: Message) -> None:
        row = self.last.nudge(begun.parcel.nudge.id)
        assert row is not None
        sealed = self.last.channels[row.channel_id].url_sealed
        assert message.url == self.vault.open(sealed), "it left by another channel"

    def record(self, batch: Sequence[Result], *, dies: bool = False) -> None:
        """Write results down, in time or late; only who still has the nudge is heard."""
        before = self.last
        with self._acting("record", self.clock.now(), dies=dies) as db:
            results.record(db, self.vault, batch)
        for result in batch if not dies else ():
            self._check_recorded(before, result, batch)

    def _check_recorded(self, before: Snapshot, result: Result, batch: Sequence[Result]) -> None:
        """A result is heard by (id, state, attempt), and by nothing less."""
        nudge = result.parcel.nudge
        was, row = before.nudges.get(nudge.seed), self.last.nudges.get(nudge.seed)
        assert was is not None
        assert row is not None
        if _counts(result, was):
            ends = AFTER_SENDING.get(type(result.came_to), set(NudgeState) - {NudgeState.SENT})
            assert row.state in ends - {NudgeState.SENDING}, f"{result.came_to}: {row}"
        elif not any(_counts(other, was) for other in batch):
            assert tuple(row) == tuple(was), f"a result came late and was heard: {row}"

    def work(self, outcome: Outcome | None = None) -> None:
        """Let a healthy worker do all that is rung for, and write it down."""
        rung, self.rings[:] = list(self.rings), []
        for claims in rung:
            self.answer(claims)
        for begun in list(self.hands):
            self.send(begun, outcome or Sent())
        done, self.results[:] = list(self.results), []
        if done:
            self.record(done)

    # --- the couple ---

    def apply(self, name: str, skew: timedelta = RIGHT, *, dies: bool = False) -> None:
        """Apply one form of the couple's file."""
        now = self.clock.now() + skew
        with self._acting("apply", now, dies=dies) as db:
            apply(db, self.vault, [self.files[name]], [], now)

    def reply(
        self,
        partner: str,
        verb: Verb,
        nudge: Row[Any] | None = None,
        *,
        skew: timedelta = RIGHT,
        dies: bool = False,
    ) -> None:
        """Say one word: by the link of a nudge, or out of the blue."""
        now, number = self.clock.now() + skew, f"message-{len(self.said)}"
        said = self._reply(partner, verb, nudge, number, now)
        with self._acting("reply", now, dies=dies) as db:
            answer = door.take(db, self.vault, self.languages, said, now)
            if not dies:
                self.said[number] = answer
        if nudge is not None and nudge.occurrence_id is not None and not dies:
            self._check_heard(nudge.occurrence_id, partner, verb, now)

    def repeat(self, number: str, partner: str, verb: Verb) -> None:
        """Hand in a message that has come before."""
        before = self.last
        again = self._reply(partner, verb, None, number, self.clock.now())
        answer = door.take(self.db, self.vault, self.languages, again, self.clock.now())
        assert answer == self.said[number], "the same message gets the same answer"
        assert self._look() == before, "the same message twice counts once"

    def _reply(
        self, partner: str, verb: Verb, nudge: Row[Any] | None, number: str, now: datetime
    ) -> Reply:
        partner_id = next(one for one, key in self.last.keys.items() if key == partner)
        couple_id = next(row.couple_id for row in self.last.rituals.values())
        link, channel = (nudge.id, nudge.channel_id) if nudge is not None else (None, None)
        said = Said(verb)
        return Reply("model", number, couple_id, partner_id, "", now, link, channel, said)

    def _check_heard(self, occurrence_id: int, partner: str, verb: Verb, now: datetime) -> None:
        """A claim is kept at its occurrence, and the occurrence stands as the rules say."""
        claim = ACCOUNTS.get(verb)
        if claim is None:
            return
        row = self.last.occurrence(occurrence_id)
        assert row is not None
        assert self.last.answered(occurrence_id)[partner] is claim
        outcome = self.last.judged(row, now)
        retired = self.last.rituals[row.ritual_id].retired_at is not None
        assert (outcome is None and retired) or snapshot.stands(row) == outcome, row
        mine = (n for n in self.last.nudges.values() if n.occurrence_id == occurrence_id)
        waiting = [n for n in mine if self.last.keys[n.partner_id] == partner]
        assert all(n.state != NudgeState.PLANNED for n in waiting), "silence after the answer"

    # --- time ---

    def next_moment(self) -> datetime | None:
        """When something is due next, as the clock itself reckons."""
        return Rounds(self.db, self.vault, Rings([]), self.clock).next_moment()

    def settle_down(self) -> None:
        """Make rounds with healthy clocks and workers until there is nothing left to do."""
        for _ in range(MOST_ROUNDS):
            busy = self.round()
            self.work()
            if not busy:
                return
        raise AssertionError("the rounds never come to an end")

    def end_well(self) -> None:
        """Whoever was at work has died; wind on until all that had begun has come to its end."""
        self.hands.clear()
        self.results.clear()
        self.rings.clear()
        self.settle_down()
        horizon = self._horizon()
        while (coming := self.next_moment()) is not None and coming <= horizon:
            self.clock.wind_to(max(coming, self.clock.now()))
            self.settle_down()
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


def _counts(result: Result, was: Row[Any]) -> bool:
    """Whether a result is of the attempt that the store waits for."""
    nudge = result.parcel.nudge
    return nudge.seed == was.seed and (was.state, was.attempt) == (
        NudgeState.SENDING,
        nudge.attempt,
    )
