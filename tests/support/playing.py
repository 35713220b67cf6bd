"""A practice played through by reply: set up, nudged, answered by both, remembered, scored.

What a practice asks for decides what is said, and who hears the other's words; so one play does
for every practice that needs nothing but its nudge and its answers.
"""

from dataclasses import dataclass

from tests.support.actor import Actor
from tests.support.phones import Heard
from tests.support.stage import Stage, couple_file
from troth.domain.states import AnswerKind, Sensitivity, Visibility
from troth.engine.explain import explain
from troth.schedules.catalogue import shipped_catalogue
from troth.schedules.models import PracticeForm
from troth.store import nudges
from troth.web.cards import cards_of
from troth.web.content import Reader

WORDED = {"ana": "A heron by the bridge.", "ben": "The smell of rain."}


@dataclass(frozen=True)
class Play:
    """One practice on the stage, as its one ritual, asked for at noon each day."""

    stage: Stage
    practice: str
    more: str = ""

    @property
    def form(self) -> PracticeForm:
        return shipped_catalogue()[self.practice].form

    @property
    def pair(self) -> tuple[Actor, Actor]:
        return (self.stage.ana, self.stage.ben)

    def set_up(self) -> None:
        ritual = f'[rituals.play]\npractice = "{self.practice}"\ncron = "0 12 * * *"\n'
        terms = f'window = "20h"\nremind = []\n{self.more}'
        self.stage.couple(couple_file(ritual + terms))

    def is_nudged(self) -> list[Heard]:
        """Noon comes: both read the practice's title and ask, or that something waits."""
        self.stage.wind("12:00")
        occurrence = self.stage.occurrence()
        if self.form.sensitivity is Sensitivity.DISCREET:
            return [actor.expects("There is a moment waiting for you") for actor in self.pair]
        asked = (occurrence.stamp.asks[actor.key] for actor in self.pair)
        shown = [self.form.title, occurrence.prompt or ""]
        return [actor.expects(ask, *shown) for actor, ask in zip(self.pair, asked, strict=True)]

    def is_answered(self, asked: list[Heard]) -> None:
        """Both answer what they were asked, as the practice wants to be answered."""
        if self.form.kind is AnswerKind.STEPS:
            self._are_timed(asked[0])
        for actor, nudge in zip(self.pair, asked, strict=True):
            is_worded = self.form.kind is AnswerKind.WORDS
            answer = actor.says(WORDED[actor.key] if is_worded else "done", to=nudge)
            assert answer, "every understood reply is echoed"
            self.stage.wind(minutes=1)

    def _are_timed(self, nudge: Heard) -> None:
        assert "begun" in self.stage.ana.says("begin", to=nudge)
        lasts = sum(step.lasts.total_seconds() for step in self.form.steps)
        self.stage.wind(seconds=lasts)
        is_open = self.form.sensitivity is Sensitivity.OPEN
        for actor in self.pair:
            for text in (*(step.text for step in self.form.steps), "That was it"):
                actor.expects(text if is_open else "moment waiting")

    def is_remembered(self) -> None:
        """What was said can be read back: that it was, by `why`; its words, by who may."""
        occurrence = self.stage.occurrence()
        with self.stage.store.db.reading() as conn:
            answers = explain(conn, f"o{occurrence.id}")["answers"]
        assert {answer["partner"] for answer in answers} == {"ana", "ben"}
        if self.form.kind is not AnswerKind.WORDS:
            return
        for actor in self.pair:
            assert self.stage.words_of(actor.key) == [WORDED[actor.key]]
            assert WORDED[actor.key] not in self.stage.dump()
        assert self.form.visibility in (Visibility.NOW, Visibility.REVEALED)
        is_open = self.form.sensitivity is Sensitivity.OPEN
        for actor, other in zip(self.pair, reversed(self.pair), strict=True):
            told = f"{other.key.title()}: {WORDED[other.key]}"
            heard = actor.expects(told if is_open else "There is a moment waiting for you")
            assert is_open or WORDED[other.key] not in heard.text
            assert WORDED[other.key] in self._on_the_page(actor)

    def _on_the_page(self, actor: Actor) -> list[str]:
        """The words that the practice's page shows to one of them."""
        stage = self.stage
        couple, occurrence = stage.in_play, stage.occurrence()
        with stage.store.db.reading() as conn:
            told = nudges.nudges_of(conn, occurrence.id)
            mine = [n for n in told if n.partner_id == stage.partner_id(actor.key)]
            reader = couple.partner_by_id(stage.partner_id(actor.key))
            at = Reader(couple, reader, stage.clock.now())
            cards = cards_of(conn, stage.store.vault, at, mine)
        return [word.text for card in cards for word in card.shared]

    def is_scored(self) -> None:
        """It is kept; and in the score, unless its practice is deliberately in none."""
        assert self.stage.outcomes()[-1] == "kept"
        if self.form.weight > 0:
            assert self.stage.score() == 100
        else:
            assert self.stage.standing().rituals == ()

    def through(self) -> None:
        """The whole play."""
        self.set_up()
        self.is_answered(self.is_nudged())
        self.is_remembered()
        self.is_scored()
