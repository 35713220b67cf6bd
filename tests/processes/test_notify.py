"""What the service manager hears: nothing but what the work itself says."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.support.service_manager import Ear, listening_at
from troth.processes.notify import Manager, RollCall, answering, has_answered, manager


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with listening_at(tmp_path / "notify") as ear:
        yield ear


def watched(ear: Ear, *parts: str) -> RollCall:
    return RollCall(Manager(ear.address, is_watching=True), parts, "at work")


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_a_manager_is_told_over_either_kind_of_socket(kind: str, tmp_path: Path):
    address = f"@troth-{os.getpid()}" if kind == "abstract" else tmp_path / "notify"
    with listening_at(address) as ear:
        Manager(ear.address).ready("at work")
        ear.wait_for("READY")
        Manager(ear.address).stopping("one send is in hand")
        ear.wait_for("STOPPING")
    assert ear.heard == [
        {"READY": "1", "STATUS": "at work"},
        {"STOPPING": "1", "STATUS": "one send is in hand", "WATCHDOG_USEC": "3600000000"},
    ]


def test_all_is_ready_once_every_part_has_turned_and_a_beat_takes_every_part(ear: Ear):
    roll = watched(ear, "clock", "web")
    clock, web = roll.of("clock"), roll.of("web")
    clock()
    clock()
    assert ear.count("READY") == 0
    web()
    ear.wait_for("READY")
    for _ in range(3):  # the web hangs, whatever the clock does
        clock()
    assert ear.is_silent_for(0.1)
    web()
    ear.wait_for("WATCHDOG")


def test_a_part_that_is_seen_to_is_excused_but_makes_nothing_ready(ear: Ear):
    roll = watched(ear, "first", "second")
    roll.turned("first")
    roll.excused("second")
    assert ear.heard == []
    roll.turned("second")
    roll.turned("first")
    roll.excused("second")
    ear.wait_for("WATCHDOG")
    assert ear.count("READY") == 1


def test_a_manager_that_does_not_watch_hears_no_beats(ear: Ear):
    told = Manager(ear.address)
    told.beat()
    told.stopping("done")
    ear.wait_for("STOPPING")
    assert ear.count("WATCHDOG") == 0


@pytest.mark.parametrize("whose, beats", [(None, True), ("ours", True), ("1", False)])
def test_what_we_start_does_not_speak_in_our_name(
    ear: Ear, monkeypatch: pytest.MonkeyPatch, whose: str | None, beats: bool
):
    for name, value in ear.environment.items():
        monkeypatch.setenv(name, value)
    if whose:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if whose == "ours" else whose)
    told = manager()
    assert {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}.isdisjoint(os.environ)
    told.beat()
    told.ready("at work")
    ear.wait_for("READY")
    assert (ear.count("WATCHDOG") == 1) is beats


def test_nobody_is_told_where_nobody_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    with structlog.testing.capture_logs() as lines:
        manager().ready("at work")
    assert lines == []


def test_a_manager_that_is_gone_keeps_nobody_from_working(tmp_path: Path):
    with structlog.testing.capture_logs() as lines:
        Manager(str(tmp_path / "gone")).ready("at work")
    assert [line["event"] for line in lines] == ["manager.unheard"]


def test_a_supervisor_hears_whether_a_process_works():
    hears, tells = os.pipe()
    os.set_blocking(hears, False)
    answer = answering(tells)
    assert not has_answered(hears)
    answer()
    assert has_answered(hears)
    for _ in range(70_000):  # nobody looks, and the pipe fills up
        answer()
    assert has_answered(hears)
    os.close(hears)
    answer()  # nobody hears it any more, and that is nobody's trouble
    os.close(tells)
