"""When a service is late, and when it only waits: over both databases, as any process sees it."""

from collections.abc import Iterator

import pytest

from tests.support.stage import EVENING, Stage, couple_file
from troth.readiness import why_unwell

QUIET = 'quiet = "21:00-23:00"'


@pytest.fixture(autouse=True)
def heard(stage: Stage) -> Iterator[None]:
    """What reaches whom is told elsewhere."""
    yield
    stage.ana.reads_all()
    stage.ben.reads_all()


def unwell(stage: Stage) -> list[str]:
    return [reason.id for reason in why_unwell(stage.store)]


def agreed(stage: Stage, quiet: str = "") -> None:
    stage.couple(couple_file(EVENING, ana=quiet, ben=quiet))


def test_a_service_that_does_what_is_due_is_well(stage: Stage):
    agreed(stage)
    stage.wind("21:45")
    assert unwell(stage) == []


def test_a_clock_that_is_gone_shows_in_what_it_leaves_undone(stage: Stage):
    agreed(stage)
    stage.wind("21:00")
    stage.sleep("21:34")
    assert unwell(stage) == []
    stage.sleep("21:36")
    assert unwell(stage) == ["clock-late"]
    stage.settle_down()
    assert unwell(stage) == []


def test_nudges_that_no_worker_hears_of_are_late(stage: Stage):
    agreed(stage)
    stage.wind("21:29")
    stage.sleep("21:31")
    claimed = stage.claim()
    while more := stage.claim():
        claimed += more
    assert claimed
    for _ in range(6):  # the clock goes on: it takes each claim back and rings again
        assert "clock-late" not in unwell(stage)
        stage.sleep(minutes=1)
        stage.claim()
    assert unwell(stage) == ["sends-late"]
    stage.plan_again()
    stage.settle_down()
    assert unwell(stage) == []


def test_what_quiet_hours_hold_back_is_not_late(stage: Stage):
    agreed(stage, QUIET)
    stage.wind("22:30")
    assert unwell(stage) == []


def test_what_outlived_its_use_is_the_clocks_to_say(stage: Stage):
    agreed(stage)
    stage.wind("21:29")
    stage.sleep(days=1)
    assert unwell(stage) == ["clock-late"]
