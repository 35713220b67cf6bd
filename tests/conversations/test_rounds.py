"""The clock's loop: what breaks is tried again, what has to wait is looked at less and less."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from tests.support.stage import EVENING, Stage, Unheard, couple_file
from troth.engine import rounds as rounds_module
from troth.engine.dispatch import dispatch
from troth.store.database import Database


@dataclass
class Bed:
    """Wakes at once, a few times; notes how long it was to sleep."""

    nights: int
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float, stopping: threading.Event) -> None:
        self.slept.append(seconds)
        if len(self.slept) >= self.nights:
            stopping.set()


class Deaf(Unheard):
    """A doorbell before which the messages pile up."""

    def unheard(self) -> int:
        return 1_000


def test_a_bed_that_breaks_does_not_end_the_clock(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rounds_module, "AFTER_TROUBLE", timedelta())
    made: list[Bed] = []

    @contextmanager
    def bed(_: Database) -> Iterator[Bed]:
        made.append(Bed(1))
        if len(made) < 3:
            raise OSError("disk I/O error")
        yield made[-1]

    replace(stage.service.rounds, bed=bed).run(threading.Event())
    assert [len(each.slept) for each in made] == [0, 0, 1]


def test_what_is_due_and_has_to_wait_is_looked_at_ever_more_seldom(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.sleep("21:30")
    bed = Bed(9)
    replace(stage.service.rounds, doorbell=Deaf(), bed=lambda _: nullcontext(bed)).run(
        threading.Event()
    )
    waits = [seconds for seconds in bed.slept if seconds > 0]
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(0.04)
    assert waits[-1] == 1


def test_nothing_is_claimed_while_nobody_answers_the_door(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.sleep("21:30")
    stage.claim()
    stage.plan_again()
    assert dispatch(stage.store.db, Deaf(), stage.clock.now()) == 0
    assert dispatch(stage.store.db, Unheard(), stage.clock.now()) == 2
