"""The nights on which the clocks change, and clocks that jump, under a loop that keeps running."""

import random
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.loop import run_through
from tests.faults.sizes import FULL, tell
from tests.support.actor import Actor
from tests.support.phones import Heard
from tests.support.stage import Stage, couple_file, on_stage

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)
NIGHT = """
[rituals.night]
practice = "shared-coffee"
cron = "30 {hour} * * *"
window = "4h"
zone = "{zone}"
remind = []
"""
HOUR = timedelta(hours=1)
Open = Callable[[datetime], Stage]


@pytest.fixture
def open_stage(migrated_file: Path, tmp_path: Path) -> Iterator[Open]:
    """A stage that begins at a moment."""
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'troth.db')}"
    with on_stage(url, tmp_path, datetime(2026, 1, 1, tzinfo=UTC)) as stage:

        def begin(start: datetime) -> Stage:
            stage.clock.wind_to(start)
            return stage

        yield begin


@pytest.mark.parametrize(
    ("evening", "hour", "due"),
    [
        ("2026-10-31T22:00", 1, "2026-11-01T05:30"),  # 01:30 comes twice: the first one counts
        ("2026-03-07T22:00", 2, "2026-03-08T07:00"),  # 02:30 never comes: right after the gap
    ],
)
def test_a_running_loop_asks_once_on_the_nights_of_the_clock_change(
    open_stage: Open, evening: str, hour: int, due: str
):
    start = datetime.fromisoformat(evening).replace(tzinfo=UTC)
    stage = open_stage(start)
    stage.couple(couple_file(NIGHT.format(hour=hour, zone="couple"), zone="America/New_York"))
    run_through(stage, start + timedelta(hours=20))
    stage.ana.expects("Coffee together")
    stage.ben.expects("Coffee together")
    assert [f"{one.due_at:%Y-%m-%dT%H:%M}" for one in stage.occurrences()] == [due]


def test_a_running_loop_asks_each_partner_once_at_that_hour_of_their_own(open_stage: Open):
    """Berlin's clocks go back a week before New York's; the loop runs through both nights."""
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)
    stage = open_stage(start)
    ritual = NIGHT.format(hour=1, zone="each")
    stage.couple(couple_file(ritual, zone="America/New_York", ben='timezone = "Europe/Berlin"'))
    days = 9
    asked = AnswersAll(stage.ana)
    run_through(stage, start + timedelta(days=days), meanwhile=asked)
    assert len(asked.heard) == days
    for _ in range(days):
        stage.ben.expects("Coffee together")
    slots = [one.slot for one in stage.occurrences()]
    assert len(slots) == len(set(slots)) == days
    sent = {(nudge.partner_id, f"{nudge.due_at:%m-%d %H:%M}") for nudge in stage.nudges()}
    ana, ben = stage.partner_id("ana"), stage.partner_id("ben")
    assert {(ben, "10-24 23:30"), (ben, "10-26 00:30"), (ana, "11-01 05:30")} <= sent


def test_a_clock_that_jumps_by_an_hour_and_back_doubles_nothing(open_stage: Open):
    seed = secrets.randbelow(10_000)
    tell(f"\nseed {seed}")
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    stage = open_stage(start)
    hourly = NIGHT.replace("{hour} * * *", "*/2 * * *").format(zone="couple")
    stage.couple(couple_file(hourly.replace("4h", "3h"), zone="UTC"))
    asked = AnswersAll(stage.ana)
    naps = run_through(stage, start + timedelta(days=2), _to_and_fro(chance), asked)
    slots = [one.slot for one in stage.occurrences()]
    assert slots == sorted(set(slots))
    assert len(slots) == 24
    assert len(asked.heard) == 24
    for _ in slots:
        stage.ben.expects("Coffee together")
    assert not any(nudge.repeated for nudge in stage.nudges())
    assert set(stage.outcomes()) <= {"excused: skipped", "open"}
    assert set(stage.outcomes()[:-3]) == {"excused: skipped"}
    tell(f"jumping clock: {len(slots)} occurrences, {naps.taken} naps")


@dataclass
class AnswersAll:
    """Skips every ask: what nobody ever answers falls quiet, and what is missed is asked about."""

    actor: Actor
    heard: list[Heard] = field(default_factory=list)

    def __call__(self) -> None:
        for heard in self.actor.reads_all():
            if "Coffee together" in heard.text:
                self.heard.append(heard)
                self.actor.says("skip", to=heard)


def _to_and_fro(chance: random.Random) -> Iterator[timedelta]:
    """Jumps by an hour, ahead or behind, each taken back some naps later."""
    while True:
        jump = chance.choice((HOUR, -HOUR))
        for by in (jump, -jump):
            yield by
            yield from [timedelta()] * chance.randrange(8)
