"""What happens on the stage is counted, as a real scrape of it tells."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.support.stage import EVENING, Stage, couple_file, on_stage
from tests.telemetry.scraped import Scraped
from troth.bootstrap import open_scrape
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome, Refused, Sent, TryAgain
from troth.engine.settle import settle_occurrence
from troth.store.occasions import Occasion, plan_occasion
from troth.telemetry.scrape import Patient

Growth = Callable[..., float]


@pytest.fixture
def stage(store_url: str, tmp_path: Path) -> Iterator[Stage]:
    with on_stage(store_url, tmp_path) as stage:
        stage.couple(couple_file(EVENING, ana='channels = ["troth://"]', ben=QUIET))
        yield stage


QUIET = 'channels = ["troth://"]\nquiet = "21:00-22:00"'


def told(stage: Stage) -> Scraped:
    return Scraped(open_scrape(stage.store, stage.service.bell).text().decode())


@pytest.fixture
def grown(stage: Stage) -> Growth:
    """How much a sample has grown since the test began: other tests count in this process, too."""
    before = told(stage)
    return lambda name, **labels: told(stage)(name, **labels) - before(name, **labels)


def test_an_evening_moves_every_metric_as_it_should(stage: Stage, grown: Growth):
    stage.wind("21:30")
    assert grown("troth_nudges_total", scheme="troth", outcome="sent") == 1
    assert grown("troth_nudges_total", scheme="troth", outcome="waited") == 1
    assert grown("troth_nudge_lateness_seconds_count") == 1
    stage.wind("22:00")
    assert grown("troth_nudges_total", scheme="troth", outcome="sent") == 2
    assert grown("troth_nudge_lateness_seconds_bucket", le="0.5") == 2  # quiet hours are no delay
    stage.wind("22:10")
    asked = stage.ana.expects("")
    stage.ben.expects("")
    stage.ana.says("done", to=asked)
    stage.ben.says("done")
    assert grown("troth_replies_total", way="stage", verb="done") == 2
    assert grown("troth_acknowledgement_seconds_count") == 2
    assert grown("troth_acknowledgement_seconds_sum") == 2 * 40 * 60
    assert grown("troth_settlements_total", outcome="kept", reason="") == 1
    stage.ben.says("undo")
    assert grown("troth_settlements_total", outcome="open", reason="") == 1


def test_who_pauses_is_told_by_no_label(stage: Stage, grown: Growth):
    stage.ana.says("pause 2d")
    assert grown("troth_replies_total", verb="pause") == 1
    assert grown("troth_replies_total", verb="pause", way="any") == 1
    stage.wind("21:30")
    assert grown("troth_nudges_total", outcome="withdrawn") == grown(
        "troth_nudges_total", outcome="withdrawn", scheme="any"
    )


def test_what_waits_is_told_until_it_is_sent(stage: Stage):
    stage.wind("21:29")
    stage.sleep("21:32")
    late = told(stage)
    assert late("troth_nudges_due") == 2
    assert late("troth_overdue_seconds", what="nudge") == 120
    assert late("troth_overdue_seconds", what="occurrence") == 120
    stage.claim()
    claimed = told(stage)
    assert (claimed("troth_nudges_due"), claimed("troth_nudges_rung")) == (0, 2)
    stage.sleep(minutes=1)
    stage.wind(minutes=1)
    stage.ana.expects("")
    done = told(stage)
    assert (done("troth_nudges_rung"), done("troth_overdue_seconds", what="nudge")) == (0, 0)


def test_a_clock_that_is_away_is_told_by_the_rituals_that_nobody_plans(stage: Stage):
    stage.sleep("21:40")
    assert told(stage)("troth_overdue_seconds", what="ritual") == 600


def test_a_clock_that_is_away_is_told_by_leases_and_occasions_that_nobody_saw_to(stage: Stage):
    stage.wind("21:29")
    stage.sleep("21:30")
    stage.claim()
    stage.sleep("21:33")
    with stage.store.db.writing() as conn:
        soon = stage.clock.now() - timedelta(seconds=60)
        plan_occasion(conn, Occasion(stage.in_play.id, "season-check-in", soon))
    away = told(stage)
    assert away("troth_overdue_seconds", what="lease") == 150
    assert away("troth_overdue_seconds", what="occasion") == 60
    assert away("troth_overdue_seconds", what="review") == 0


def test_claims_that_nobody_finished_are_counted(stage: Stage, grown: Growth):
    stage.wind("21:29")
    stage.sleep("21:30")
    stage.claim()
    stage.wind(minutes=1)
    stage.ana.expects("")
    assert grown("troth_leases_expired_total", in_hand="no") == 2
    assert grown("troth_leases_expired_total", in_hand="yes") == 0


class Moody(Courier):
    """Sends nothing, and says what it is told to."""

    def __init__(self, *outcomes: Outcome) -> None:
        self._outcomes = list(outcomes)

    def send(self, _message: Message) -> Outcome:
        return self._outcomes.pop(0) if self._outcomes else Sent()


def test_what_a_provider_refuses_or_puts_off_is_counted(stage: Stage, grown: Growth):
    moody = Moody(TryAgain("busy"), Refused("no such phone"))
    stage.wrap = lambda _courier: moody
    stage.restart()
    stage.wind("22:30")
    assert grown("troth_nudges_total", scheme="troth", outcome="retried") == 1
    assert grown("troth_nudges_total", scheme="troth", outcome="failed") == 1


def test_what_outlives_its_use_is_counted(stage: Stage, grown: Growth):
    stage.wind("21:29")
    stage.sleep(hours=6)
    stage.wind(minutes=1)
    assert grown("troth_nudges_total", scheme="any", outcome="expired") == 2
    assert grown("troth_settlements_total", outcome="excused", reason="undelivered") == 1


def test_what_is_taken_back_is_not_counted(stage: Stage, grown: Growth):
    stage.wind("21:30")
    stage.ana.expects("")
    later = stage.clock.now() + timedelta(days=1)
    with stage.store.db.rehearsing() as conn:
        settle_occurrence(conn, stage.occurrence().id, later)
    with pytest.raises(ZeroDivisionError), stage.store.db.writing() as conn:
        settle_occurrence(conn, stage.occurrence().id, later)
        raise ZeroDivisionError
    assert grown("troth_settlements_total") == 0


def test_a_store_that_is_away_is_told_and_nothing_else_of_it(stage: Stage):
    def gone() -> None:
        raise OperationalError("", None, Exception())

    scrape = open_scrape(stage.store, stage.service.bell)
    scrape._workload = Patient(gone)  # type: ignore[arg-type]
    away = Scraped(scrape.text().decode())
    assert away("troth_database_up") == 0
    assert away("troth_broker_up") == 1
    assert "troth_nudges_due" not in away.names
    assert "troth_clock_ticks_total" in away.names


def test_a_clock_tells_that_it_looks_and_how_late_it_begins(stage: Stage, grown: Growth):
    stage.wind("21:29")
    stage.sleep("21:30")
    stage.sleep(seconds=7)
    stopping = threading.Event()
    clock = threading.Thread(target=stage.service.rounds.run, args=(stopping,))
    clock.start()
    while not grown("troth_clock_lag_seconds_count"):
        clock.join(0.02)
    stopping.set()
    clock.join()
    assert grown("troth_clock_ticks_total") >= grown("troth_clock_lag_seconds_count")
    assert grown("troth_clock_lag_seconds_bucket", le="5.0") == 0
    assert grown("troth_clock_lag_seconds_bucket", le="10.0") > 0
    stage.settle_down()
    assert stage.ana.reads_all()
    assert grown("troth_duties_failed_total") == 0


def test_a_duty_that_fails_is_counted(stage: Stage, grown: Growth):
    stage.service.rounds._rest([ValueError()], threading.Event(), busy=True)
    assert grown("troth_duties_failed_total") == 1
