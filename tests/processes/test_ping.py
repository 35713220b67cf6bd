"""The ping: somebody else's watch hears that all is well, or what is not."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from tests.support.far_server import FarServer
from tests.support.house import house_in
from tests.telemetry.scraped import Scraped
from troth.engine.pulse import Pulse
from troth.engine.unwell import CLOCK_LATE, SENDS_LATE
from troth.errors import TrothError
from troth.processes.ping import Ping, failing, pinging
from troth.readiness import Reasons
from troth.settings import load_settings
from troth.telemetry.metrics import PING_OUTCOMES, REGISTRY

SECRET = "/0f1e2d3c-a-secret"
NOTHING: Reasons = ()


@pytest.fixture
def far() -> Iterator[FarServer]:
    with FarServer().running() as far:
        yield far


def ping(far: FarServer, reasons: Reasons) -> None:
    Ping(far.url + SECRET, lambda: reasons).once()


def test_all_is_well_is_one_get(far: FarServer):
    ping(far, NOTHING)
    assert [(each.method, each.path, each.body) for each in far.asked] == [("GET", SECRET, b"")]


def test_no_proxy_reads_what_is_for_this_machine(far: FarServer, monkeypatch: pytest.MonkeyPatch):
    with FarServer().running() as proxy:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("http_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        ping(far, NOTHING)
        assert not proxy.asked
    assert far.asked


def test_what_is_not_well_is_told_by_its_ids(far: FarServer):
    ping(far, [SENDS_LATE, CLOCK_LATE])
    [asked] = far.asked
    assert (asked.method, asked.path) == ("POST", f"{SECRET}/fail")
    assert asked.body == b"sends-late clock-late"


def test_what_becomes_of_pings_is_counted(far: FarServer, free_port: int):
    before = {outcome: counted(outcome) for outcome in PING_OUTCOMES}
    ping(far, NOTHING)
    far.status = 500
    ping(far, NOTHING)
    stopping = threading.Event()
    Ping(f"http://127.0.0.1:{free_port}", lambda: stopping.set() or NOTHING, first=0).run(stopping)  # type: ignore[func-returns-value]
    grown = {outcome: counted(outcome) - before[outcome] for outcome in PING_OUTCOMES}
    assert grown == {"heard": 1, "refused": 1, "failed": 1}


def counted(outcome: str) -> float:
    return Scraped(generate_latest(REGISTRY).decode())("troth_pings_total", outcome=outcome)


def test_failing_goes_to_the_path_whatever_follows_it():
    assert failing("https://hc.example/a/?b=c") == "https://hc.example/a/fail?b=c"


def test_nobody_is_led_elsewhere_and_no_log_holds_the_address(
    far: FarServer, capsys: pytest.CaptureFixture[str]
):
    far.status = 302
    ping(far, NOTHING)
    assert len(far.asked) == 1
    assert "ping.refused" in (said := capsys.readouterr().out)
    assert SECRET not in said


def test_an_address_that_is_gone_is_tried_again_and_never_logged(
    free_port: int, capsys: pytest.CaptureFixture[str]
):
    tries, stopping = [], threading.Event()

    def reasons() -> Reasons:
        tries.append(1)
        if len(tries) == 3:
            stopping.set()
        return NOTHING

    Ping(f"http://127.0.0.1:{free_port}{SECRET}", reasons, first=0, every=0.01).run(stopping)
    said = capsys.readouterr().out
    assert len(tries) == 3
    assert "ping.failed" in said
    assert SECRET not in said


def test_a_clock_whose_rounds_fail_does_not_say_that_all_is_well(far: FarServer, tmp_path: Path):
    pulse = Pulse()
    with house_in(tmp_path, ping_url=far.url + SECRET) as house:
        pulse._last -= house.store.settings.late_seconds + 1
        with pinging(house.store, pulse, first=0.01):
            assert far.wait_for(bool)
    assert far.asked[0].body == b"rounds-fail"


def test_a_watch_that_hangs_holds_up_no_rounds_and_no_stop(far: FarServer, tmp_path: Path):
    far.hangs = threading.Event()
    with house_in(tmp_path, ping_url=far.url + SECRET) as house:
        rounds, stopping = house._service.rounds, threading.Event()
        with pinging(house.store, rounds.pulse, first=0.01):
            assert far.wait_for(bool)
            clock = threading.Thread(target=rounds.run, args=(stopping,))
            clock.start()
            seen = rounds.pulse.beats
            while rounds.pulse.beats < seen + 3:
                assert clock.is_alive()
                clock.join(0.01)
            stopping.set()
            clock.join()
    far.hangs.set()


@pytest.mark.parametrize(
    "url", ["http://hc.example/a", "ftp://127.0.0.1/a", "https:///a", "nowhere"]
)
def test_an_address_over_which_others_read_is_refused_and_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TROTH_PING_URL", url)
    with pytest.raises(TrothError, match="TROTH_PING_URL") as refused:
        load_settings()
    assert url not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://1.example/a", "http://127.0.0.1:1/a", "http://[::1]/a", "http://localhost/a"]
)
def test_an_address_that_nobody_overhears_is_taken(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TROTH_PING_URL", url)
    assert load_settings().ping_url == url
    assert url not in repr(load_settings())
