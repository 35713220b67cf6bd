"""Traces: from the clock over Redis and a worker to the answer, as a collector gets them."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from tests.support.bursts import fall_due
from tests.support.collector import Collector
from tests.support.house import form_mark, house_in
from tests.support.key import KEY
from tests.support.processes import Process
from tests.support.stage import EVENING, couple_file
from troth.bootstrap import Store, open_store
from troth.domain.reply import Reply
from troth.engine.apply import apply
from troth.errors import TrothError
from troth.schedules.load import load_schedules
from troth.settings import Settings, load_settings
from troth.store.claims import Claim
from troth.store.tables import nudges
from troth.telemetry import tracing
from troth.workers import DramatiqBell

BLOCKED = """
import sys
sys.modules["opentelemetry.sdk"] = None
from troth.cli.main import main
main()
"""
WORDS = "the sea; the rain"
PRIVATE = ("Ana", "Ben", "sea", "rain", "High and low", "best moment", KEY, "redis://", "http://")

AT_HOME = Path(__file__).parents[2] / "schedules" / "couples" / "at-home.toml"

Start = Callable[..., Process]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector().running() as far:
        assert isinstance(far, Collector)
        yield far


@pytest.fixture
def store(postgres_url: str, tmp_path: Path) -> Iterator[Store]:
    """A couple that is asked something now, by their inboxes."""
    settings = Settings(database_url=postgres_url, secret_key=KEY)
    store = open_store(settings, migrate=True)
    file = tmp_path / "couple.toml"
    file.write_text(couple_file(EVENING, zone="UTC"))
    now = store.clock.now()
    found = load_schedules([file], lambda _url: True)
    apply(store.db, store.vault, found.couples, [tmp_path], now)
    fall_due(store, now)
    yield store
    store.db.close()


@pytest.mark.timeout(300)  # three processes start and stop, on a machine that may be busy
def test_a_nudge_is_followed_from_the_clock_to_the_answer(
    store: Store, redis_url: str, collector: Collector, start_troth: Start, free_port: int
):
    env = {
        "TROTH_DATABASE_URL": store.settings.store_url,
        "TROTH_REDIS_URL": redis_url,
        "TROTH_PORT": str(free_port),
        "TROTH_TRACES": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "50",  # milliseconds
    }
    roles = [start_troth("clock", **env), start_troth("web", **env)]
    roles.append(start_troth("worker", "--processes", "1", "--concurrency", "8", **env))
    told = collector.wait_for(lambda _: len(collector.spans("nudge")) == 2, timeout=90)
    assert told, [*collector.spans(), *(role.output for role in roles)]
    with store.db.reading() as conn:
        asked = conn.execute(select(nudges.c.id, nudges.c.seed).order_by(nudges.c.id)).all()
    token = store.vault.token(asked[0].seed)
    roles[1].wait_for_port(free_port)
    with httpx.Client(base_url=f"http://127.0.0.1:{free_port}") as web:
        mark = form_mark(web.get(f"/r/{token}").text)
        said = web.post(f"/r/{token}", data={"verb": "words", "words": WORDS, "form": mark})
        assert said.is_success
    assert collector.wait_for(lambda _: bool(collector.spans("door.reply")), timeout=60)
    for role in roles:
        assert role.terminate(timeout=60) == 0, role.output
        assert "Traceback" not in role.output

    [dispatched] = collector.spans("clock.dispatch")
    [rung] = collector.spans("doorbell.ring")
    [heard] = collector.spans("worker.ring")
    assert (dispatched.role, heard.role) == ("clock", "worker")
    assert rung.trace == heard.trace == dispatched.trace
    assert (rung.parent, heard.parent) == (dispatched.id, rung.id)  # over Redis
    roots = {span.facts["nudge"]: span for span in collector.spans("nudge")}
    sends = {span.facts["nudge"]: span for span in collector.spans("nudge.send")}
    assert set(roots) == set(sends) == {f"n{row.id}" for row in asked}
    for name, send in sends.items():
        assert (send.trace, send.parent) == (roots[name].trace, roots[name].id)
        assert send.links == (heard.trace,)
        assert (send.facts["scheme"], send.facts["outcome"]) == ("troth", "sent")
    assert len({root.trace for root in roots.values()}) == 2
    [reply] = collector.spans("door.reply")
    assert (reply.role, reply.links) == ("web", (roots[f"n{asked[0].id}"].trace,))
    assert {"clock.plan", "clock.announce"} <= {span.name for span in collector.spans()}
    everything = b"".join(each.body for each in collector.asked)
    for private in (*PRIVATE, token):
        assert private.encode() not in everything


def test_a_stop_is_told_without_whose_it_was(collector: Collector, store: Store):
    stop = Reply("page", "a", 1, 1, "stop", store.clock.now())  # by the first of all partners
    with tracing.turned_on(collector.url, "web", "a house"):
        store.take(stop)
    [told] = collector.spans("door.reply")
    assert told.facts == {"verb": "stop"}
    assert told.links == ()


def test_a_settled_occurrence_is_told_within_its_reply(collector: Collector, coffee: None):
    [reply] = collector.spans("door.reply")
    settled = [span for span in collector.spans("occurrence.settle") if span.parent == reply.id]
    assert [span.facts["outcome"] for span in settled] == ["kept"]


@pytest.fixture
def coffee(collector: Collector, tmp_path: Path) -> None:
    """Coffee was asked for at 7:15, and Ana says that they had it."""
    with house_in(tmp_path) as house:
        house.take_in_file(AT_HOME.read_text())
        house.wind(hours=2)
        link = house.link("ana", "coffee")
        with tracing.turned_on(collector.url, "web", "a house"), house.serving() as address:
            assert httpx.post(address + link, data={"verb": "done"}).is_success


@pytest.mark.parametrize("traced", ["clock", "worker"])
def test_a_ring_is_heard_whoever_of_the_two_makes_traces(
    traced: str, redis_url: str, collector: Collector
):
    heard: list[Claim] = []

    def bell(*, is_traced: bool, of: str) -> DramatiqBell:
        with tracing.turned_on(collector.url if is_traced else None, of, "a house"):
            return DramatiqBell(redis_url, heard.extend)

    clock = bell(is_traced=traced == "clock", of="clock")
    hearing = bell(is_traced=traced == "worker", of="worker")
    worker = hearing.worker(idle_ms=10)
    worker.start()
    where = collector.url if traced == "clock" else None
    with tracing.turned_on(where, "clock", "a house"), tracing.span("doorbell.ring"):
        clock.ring([(1, 1), (2, 1)])
    hearing._broker.join("nudges", timeout=20_000)
    worker.stop()
    clock.close()
    hearing.close()
    assert heard == [(1, 1), (2, 1)]


def test_a_collector_that_hangs_slows_nothing(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("troth.telemetry.spans.END_SECONDS", 0.2)
    collector.hangs = threading.Event()
    with tracing.turned_on(collector.url, "clock", "a house"):
        for _ in range(20_000):  # more than are kept
            with tracing.span("clock.plan"):
                pass
    assert collector.asked  # it was being handed some all the while
    collector.hangs.set()
    assert collector.url not in capsys.readouterr().out


def test_an_error_is_told_by_its_kind_alone(collector: Collector):
    with (
        tracing.turned_on(collector.url, "clock", "a house"),
        pytest.raises(ValueError, match="words"),
        tracing.span("clock.plan") as span,
    ):
        span.forget()
        raise ValueError("words of somebody")
    [told] = collector.spans()
    assert told.facts == {"error.type": "ValueError"}
    assert b"somebody" not in collector.asked[0].body


def test_traces_without_their_extra_are_refused_with_the_mend(start_process: Start, redis_url: str):
    refused = start_process(
        *(sys.executable, "-c", BLOCKED, "clock"),
        TROTH_TRACES="http://127.0.0.1:1",
        TROTH_REDIS_URL=redis_url,
    )
    assert refused.wait(60) == 1
    assert len(refused.output.strip().splitlines()) == 1
    assert "troth[traces]" in refused.output


def test_without_a_collector_nothing_is_loaded_that_makes_traces():
    parts = "{'opentelemetry.exporter', 'troth.telemetry.spans'}"
    look = f"import sys, troth.cli.main, troth.processes.roles; print({parts} & {{*sys.modules}})"
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


@pytest.mark.parametrize("url", ["http://me:secret@[x", "http://me:secret\u2100@x", "https://"])
def test_what_is_no_collector_is_refused_and_not_shown(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TROTH_TRACES", url)
    with pytest.raises(TrothError, match="TROTH_TRACES") as refused:
        load_settings()
    assert "secret" not in str(refused.value)
