"""What may hang is asked once at a time, and whoever asks meanwhile gets the same answer."""

import threading

import pytest

from troth.asking import Asking
from troth.telemetry.scrape import Patient


class Slow:
    """Answers with how often it was asked, once it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        assert self.may_answer.wait(20)
        return self.asked


def test_who_asks_while_another_asks_shares_the_answer():
    slow = Slow()
    asking = Asking(slow)
    first, second = asking.begun(), asking.begun()
    slow.may_answer.set()
    assert (first.result(20), second.result(20)) == (1, 1)
    assert asking.begun().result(20) == 2


def test_what_hangs_is_no_answer_until_it_answers():
    slow = Slow()
    patient = Patient(slow, 0.01)
    assert patient.ask()[0] is None
    assert patient.ask()[0] is None
    assert slow.asked == 1


def test_what_asking_raises_is_no_answer():
    def fails() -> None:
        raise ValueError

    assert Patient(fails).ask()[0] is None


def test_a_machine_without_a_thread_to_spare_is_asked_again_when_it_has_one(
    monkeypatch: pytest.MonkeyPatch,
):
    """What was never asked was waited for, by everybody and for ever."""
    asking = Asking(lambda: 1)

    def none_left(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as crowded:
        crowded.setattr(threading.Thread, "start", none_left)
        first = asking.begun()
    with pytest.raises(RuntimeError, match="new thread"):
        first.result(20)
    assert asking.begun().result(20) == 1
