"""A worker's processes: what dies is started anew, and what can't be started is tried again."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.support.until import until
from troth.processes import child as child_module
from troth.processes.child import Child
from troth.processes.supervision import _stop

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    monkeypatch.setattr(child_module, "AGAIN_SECONDS", -1.0)
    child = Child(SLEEPS)
    yield child
    _stop([child], 10)


def running(child: Child) -> int:
    assert child.process is not None
    assert child.process.poll() is None
    return child.process.pid


def test_a_process_that_died_is_started_anew(child: Child):
    child.look()
    first = running(child)
    child.process.kill()  # type: ignore[union-attr]
    child.process.wait()  # type: ignore[union-attr]
    child.look()
    assert running(child) != first
    second = running(child)
    child.look()
    assert running(child) == second


def test_a_machine_that_can_start_no_process_now_is_asked_again(
    child: Child, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as exhausted:
        exhausted.setattr(subprocess, "Popen", refuse)
        child.look()
        child.look()
        assert child.process is None
    child.look()
    running(child)


def refuse(_: Sequence[str], **_more: Any) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")


def test_a_process_answers_over_a_pipe_and_one_that_is_silent_for_long_is_not_excused(
    monkeypatch: pytest.MonkeyPatch,
):
    once = "import os, sys, time; os.write(int(sys.argv[-1]), b'.'); time.sleep(60)"
    child = Child([sys.executable, "-c", once])
    child.look()
    assert child.is_starting()
    until(child.has_answered, seconds=20)
    assert not child.has_answered()  # since then
    assert not child.is_starting()
    _stop([child], 10)
    never = Child(SLEEPS)
    never.look()
    monkeypatch.setattr(child_module, "START_SECONDS", 0.0)
    assert not never.is_starting()
    _stop([never], 10)
