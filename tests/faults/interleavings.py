"""The life of a nudge as a machine: any of these steps may follow any other."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.faults.couples import FILES, Couple
from tests.faults.stand_ins import RIGHT, KilledError, Leave
from tests.faults.witness import Witness
from tests.faults.workers import Workers
from tests.faults.world import DUTIES, START, World
from troth.delivery.outcome import Outcome, Refused, Sent, TryAgain
from troth.domain.grammar import Verb
from troth.engine.deliver import LEASE

SLOT = START + timedelta(minutes=10)
PLACES = st.integers(0, 30)
RARELY = st.sampled_from([False] * 7 + [True])
SKEWS = st.sampled_from([RIGHT] * 6 + [-timedelta(seconds=90), -timedelta(hours=1)])
PARTNERS = st.sampled_from(["ana", "ben"])
ACCOUNTS = st.sampled_from([Verb.DONE, Verb.NO, Verb.SKIP])
WORDS = st.sampled_from([Verb.DONE, Verb.NO, Verb.SKIP, Verb.LATER, Verb.STOP, Verb.START])
OUTCOMES: st.SearchStrategy[Outcome] = st.sampled_from(
    [
        Sent(),
        Sent(),
        TryAgain("busy"),
        TryAgain("busy", timedelta(minutes=2)),
        TryAgain("cut off", may_have_left=True),
        Refused("no such number"),
    ]
)
WINDS = st.one_of(
    st.none(),  # to what comes next
    st.integers(1, 150).map(lambda n: timedelta(seconds=n)),
    st.integers(2, 40).map(lambda n: timedelta(minutes=n)),
    st.sampled_from([1, 2, 6, 30]).map(lambda n: timedelta(hours=n)),
)
MEANWHILE = st.sampled_from([None, None, "again", "sweep", "done", "stop", "apply", "settle"])


class Interleavings(RuleBasedStateMachine):
    """Clocks, workers, a couple and its files, all at once, one step at a time."""

    world: World

    @property
    def witness(self) -> Witness:
        return self.world.witness

    @property
    def workers(self) -> Workers:
        return self.world.workers

    @property
    def couple(self) -> Couple:
        return self.world.couple

    @initialize(confirms=st.booleans())
    def begin(self, confirms: bool) -> None:
        self.world.begin()
        self.couple.apply("plain")
        if confirms:
            self.world.round()
            self.workers.work()
            asked = [row for row in self.witness.last.nudges.values() if row.occurrence_id is None]
            self.couple.reply("ana", Verb.START, asked[0])
        self.world.clock.wind_to(SLOT)
        self.world.round()

    def teardown(self) -> None:
        if hasattr(self.world, "witness"):
            self.world.end_well()

    # --- time ---

    @rule(by=WINDS)
    def wind(self, by: timedelta | None) -> None:
        now, coming = self.world.clock.now(), self.world.next_moment()
        self.world.clock.wind_to(now + by if by else max(now, coming or now))

    # --- clocks ---

    @rule(name=st.sampled_from(DUTIES), skew=SKEWS, dies=RARELY)
    def do_one_duty(self, name: str, skew: timedelta, dies: bool) -> None:
        self.world.duty(name, skew, dies=dies)

    @rule(steps=st.integers(1, 3))
    def make_rounds(self, steps: int) -> None:
        for _ in range(steps):
            self.wind(None)
            self.world.round()

    @rule(trouble=st.sampled_from([ConnectionError, KilledError]))
    def ring_in_vain(self, trouble: type[BaseException]) -> None:
        self.world.duty("dispatch", trouble=trouble())

    @precondition(lambda self: self.workers.in_hand or self.workers.results or self.workers.rings)
    @rule()
    def let_leases_end(self) -> None:
        """Whoever is at work dreams on, while its nudges go to others."""
        self.world.clock.wind(LEASE)
        self.world.duty("sweep")
        self.world.duty("dispatch")

    # --- workers ---

    @rule(
        place=PLACES,
        stays=st.booleans(),
        skew=SKEWS,
        room=st.sampled_from([None, None, None, 1, 0]),
        most=st.sampled_from([1_000, 1_000, 1_000, 1]),
        meanwhile=MEANWHILE,
        dies=RARELY,
    )
    def answer_the_bell(
        self,
        place: int,
        stays: bool,
        skew: timedelta,
        room: int | None,
        most: int,
        meanwhile: str | None,
        dies: bool,
    ) -> None:
        rings = self.workers.rings
        if not rings:
            self.world.round()
        if not rings:
            return
        rung = rings[place % len(rings)]
        if not stays:
            rings.remove(rung)
        leave = Leave(lambda: self._act_meanwhile(meanwhile, rung), most)
        self.workers.answer(rung, skew, room=room, leave=Leave() if dies else leave, dies=dies)

    @precondition(lambda self: self.workers.rings)
    @rule(place=PLACES)
    def lose_a_ring(self, place: int) -> None:
        self.workers.rings.pop(place % len(self.workers.rings))

    @precondition(lambda self: self.workers.in_hand)
    @rule(place=PLACES, outcome=OUTCOMES, records=st.booleans())
    def send(self, place: int, outcome: Outcome, records: bool) -> None:
        in_hand = self.workers.in_hand
        self.workers.send(in_hand[place % len(in_hand)], outcome)
        if records:
            self.workers.record([self.workers.results.pop()])

    @precondition(lambda self: self.workers.in_hand)
    @rule(place=PLACES)
    def die_before_sending(self, place: int) -> None:
        in_hand = self.workers.in_hand
        self.workers.die(in_hand[place % len(in_hand)])

    @precondition(lambda self: self.workers.results)
    @rule(place=PLACES)
    def die_before_recording(self, place: int) -> None:
        results = self.workers.results
        self.workers.die(results[place % len(results)])

    @precondition(lambda self: self.workers.results)
    @rule(place=PLACES, stays=RARELY, dies=RARELY)
    def record_one(self, place: int, stays: bool, dies: bool) -> None:
        result = self.workers.results[place % len(self.workers.results)]
        self.workers.record([result], dies=dies)
        if not (stays or dies):
            self.workers.results.remove(result)

    @precondition(lambda self: self.workers.results)
    @rule()
    def record_all(self) -> None:
        self.workers.record(list(self.workers.results))
        self.workers.results.clear()

    @rule(outcome=OUTCOMES)
    def work_through(self, outcome: Outcome) -> None:
        self.workers.work(outcome)

    # --- the couple ---

    @rule(name=st.sampled_from(sorted(FILES)), skew=SKEWS, dies=RARELY)
    def apply_a_file(self, name: str, skew: timedelta, dies: bool) -> None:
        self.couple.apply(name, skew, dies=dies)

    @rule(place=PLACES, verb=WORDS, skew=SKEWS, dies=RARELY)
    def answer_a_nudge(self, place: int, verb: Verb, skew: timedelta, dies: bool) -> None:
        last, provider = self.witness.last, self.witness.provider
        left = [row for row in last.nudges.values() if row.id in provider.left]
        if left:
            row = left[-1 - place % len(left)]
            self.couple.reply(last.keys[row.partner_id], verb, row, skew=skew, dies=dies)

    @rule(partner=PARTNERS, verb=WORDS, skew=SKEWS)
    def speak_unasked(self, partner: str, verb: Verb, skew: timedelta) -> None:
        self.couple.reply(partner, verb, skew=skew)

    @precondition(lambda self: self.witness.said)
    @rule(place=PLACES, partner=PARTNERS, verb=WORDS)
    def hand_a_message_in_again(self, place: int, partner: str, verb: Verb) -> None:
        numbers = list(self.witness.said)
        self.couple.repeat(numbers[place % len(numbers)], partner, verb)

    def _act_meanwhile(self, what: str | None, rung: tuple[tuple[int, int], ...]) -> None:
        """Do something between a worker's look and its pick."""
        self.witness.observe("deliver", self.world.clock.now())
        row = self.witness.last.nudge(rung[0][0])
        if row is None:
            return
        partner = self.witness.last.keys[row.partner_id]
        acts = {
            "again": lambda: self.workers.answer(rung),
            "sweep": lambda: self.world.duty("sweep"),
            "settle": lambda: self.world.duty("settle"),
            "done": lambda: self.couple.reply(partner, Verb.DONE, row),
            "stop": lambda: self.couple.reply(partner, Verb.STOP, row),
            "apply": lambda: self.couple.apply("another phone"),
        }
        if what is not None:
            acts[what]()
