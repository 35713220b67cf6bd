"""Any number of workers, in the steps between which each of them may die or dream."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from tests.faults import laws
from tests.faults.snapshot import Snapshot
from tests.faults.stand_ins import (
    RIGHT,
    Begun,
    Leave,
    ManualCrew,
    Noted,
    Notes,
    Skewed,
)
from tests.faults.witness import Witness
from tests.support.known import PUBLIC
from troth.clock import Clock
from troth.delivery.outcome import Message, Outcome, Refused, Sent, TryAgain
from troth.domain.language import Languages
from troth.domain.states import NudgeState
from troth.engine import results
from troth.engine.deliver import Delivery, Post
from troth.engine.results import Result
from troth.store.claims import Claim
from troth.store.vault import Vault

AFTER_SENDING = {
    Sent: {NudgeState.SENT},
    TryAgain: {NudgeState.PLANNED, NudgeState.FAILED},
    Refused: {NudgeState.FAILED},
}


class Workers:
    """What they were rung for, what they have in hand, and what they have still to write down."""

    def __init__(self, witness: Witness, clock: Clock, vault: Vault, languages: Languages) -> None:
        self.witness, self.clock, self.vault, self.languages = witness, clock, vault, languages
        self.rings: list[tuple[Claim, ...]] = []
        self.in_hand: list[Begun] = []
        self.results: list[Noted] = []
        self._begun: set[Claim] = set()
        self._crews: list[ManualCrew] = []

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
        crew = ManualCrew(room, clock, self._begin)
        post = Post(self.witness.provider, self.vault, self.languages, PUBLIC)
        notes = Notes(self.results, crew)
        with self.witness.watching("deliver", clock.now(), dies=dies) as db:
            Delivery(db, post, clock, crew, leave, notes).deliver(rung)
        if not dies:
            self._crews.append(crew)

    def _begin(self, begun: Begun) -> None:
        nudge = begun.parcel.nudge
        self.witness.observe("deliver", begun.clock.now())
        row = self.witness.last.nudge(nudge.id)
        assert row is not None
        assert row.attempt == nudge.attempt, f"another's attempt is sent: {row}"
        assert (nudge.id, nudge.attempt) not in self._begun, f"two workers send one attempt: {row}"
        laws.check_begun(self.witness.last, row, begun.clock.now())
        self._begun.add((nudge.id, nudge.attempt))
        self.in_hand.append(begun)

    def send(self, begun: Begun, outcome: Outcome) -> None:
        """Make a send that was begun; one begun too long ago may not leave any more."""
        self.in_hand.remove(begun)
        self.witness.provider.answer, told = outcome, len(self.witness.provider.seen)
        begun.send()
        left = self.witness.provider.seen[told:]
        assert len(left) == (0 if begun.is_too_late() else 1), "it left late, or not at all"
        if left:
            self._check_left(begun, left[0])
        self.witness.observe("send", self.clock.now())

    def _check_left(self, begun: Begun, message: Message) -> None:
        row = self.witness.last.nudge(begun.parcel.nudge.id)
        assert row is not None
        sealed = self.witness.last.channels[row.channel_id].url_sealed
        assert message.url == self.vault.open(sealed), "it left by another channel"

    def record(self, batch: Sequence[Noted], *, dies: bool = False) -> None:
        """Write results down, in time or late; only who still has the nudge is heard."""
        before, written = self.witness.last, [noted.result for noted in batch]
        with self.witness.watching("record", self.clock.now(), dies=dies) as db:
            results.record(db, self.vault, written)
        if dies:
            return
        for noted in batch:
            noted.tell_written()
            self._check_recorded(before, noted.result, written)

    def _check_recorded(self, before: Snapshot, result: Result, batch: Sequence[Result]) -> None:
        """A result is heard by (id, state, attempt), and by nothing less."""
        nudge = result.parcel.nudge
        was, row = before.nudges.get(nudge.seed), self.witness.last.nudges.get(nudge.seed)
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
        for begun in list(self.in_hand):
            self.send(begun, outcome or Sent())
        done, self.results[:] = list(self.results), []
        if done:
            self.record(done)

    def die(self, one: Begun | Noted) -> None:
        """Kill who has this in hand, or has yet to write it down; its crew dies with it."""
        one.crew.is_dead = True
        if isinstance(one, Begun):
            self.in_hand.remove(one)
        else:
            self.results.remove(one)

    def all_die(self) -> None:
        """Kill everybody; what rang for them is lost, too."""
        for kept in (self.rings, self.in_hand, self.results, self._crews):
            kept.clear()

    def check_places(self) -> None:
        """The places of a crew are held by what it has begun and not yet written down, alone."""
        for crew in self._crews:
            mine = [begun.parcel for begun in self.in_hand if begun.crew is crew]
            mine += [
                noted.result.parcel
                for noted in self.results
                if noted.crew is crew and not noted.is_written
            ]
            held = Counter(parcel.provider for parcel in mine)
            assert crew.is_dead or crew.held == held, f"{crew.held} are held, for {held}"


def _counts(result: Result, was: Row[Any]) -> bool:
    """Whether a result is of the attempt that the store waits for."""
    nudge = result.parcel.nudge
    return nudge.seed == was.seed and (was.state, was.attempt) == (
        NudgeState.SENDING,
        nudge.attempt,
    )
