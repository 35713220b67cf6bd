"""The recorder: results are written together, and kept while the store is away."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from troth.delivery.outcome import Sent
from troth.domain.states import NudgePurpose, NudgeState
from troth.engine import recorder as recorder_module
from troth.engine.recorder import Recorder
from troth.engine.results import Result
from troth.store.records import Nudge, Parcel

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Start = Callable[[Callable[[Sequence[Result]], None]], Recorder]


def nothing() -> None:
    """What is to be done once a result is written."""


def result(number: int) -> Result:
    nudge = Nudge(
        *(number, 1, 1, None, None, NudgePurpose.CONSENT, None, NOON, NOON, NOON),
        *(NudgeState.SENDING, None, 1, 0, False, None, None, "seed"),
    )
    parcel = Parcel(
        nudge, "", "en", "ana", ZoneInfo("UTC"), None, None, "", None, "", None, True, False
    )
    return Result(parcel, Sent(), NOON)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(recorder_module, "PAUSE", 0.01)
    started: list[Recorder] = []

    def begin(write: Callable[[Sequence[Result]], None]) -> Recorder:
        started.append(Recorder(write))
        return started[-1]

    yield begin
    for recorder in started:
        recorder.close()


def test_what_comes_in_during_a_transaction_goes_into_the_next_one(start: Start):
    first, go_on = threading.Event(), threading.Event()
    written: list[list[int]] = []

    def write(batch: Sequence[Result]) -> None:
        written.append([each.parcel.nudge.id for each in batch])
        first.set()
        go_on.wait(10)

    recorder = start(write)
    recorder.put(result(1), nothing)
    first.wait(10)
    for number in (2, 3, 4):
        recorder.put(result(number), nothing)
    go_on.set()
    recorder.close()
    assert written == [[1], [2, 3, 4]]


@pytest.mark.parametrize(
    "trouble",
    [
        OperationalError("UPDATE", None, ConnectionError()),
        InternalError("UPDATE", None, RuntimeError("it only reads")),  # a primary no more
        NoConnectionError("no connection is free"),
    ],
)
def test_results_outlive_a_store_that_is_away(start: Start, trouble: Exception):
    written: list[int] = []
    troubles = iter([trouble, trouble, trouble])

    def write(batch: Sequence[Result]) -> None:
        if (again := next(troubles, None)) is not None:
            raise again
        written.extend(each.parcel.nudge.id for each in batch)

    recorder = start(write)
    recorder.put(result(1), nothing)
    recorder.close()
    assert written == [1]


def test_a_store_that_stays_away_keeps_nobody_from_ending(start: Start, monkeypatch):
    monkeypatch.setattr(recorder_module, "HOLD", 0.2)
    told: list[int] = []

    def write(_: Sequence[Result]) -> None:
        raise OperationalError("UPDATE", None, ConnectionError())

    recorder = start(write)
    for number in range(20):
        recorder.put(result(number), lambda: told.append(1))
    began = time.monotonic()
    recorder.close()
    assert len(told) == 20
    assert time.monotonic() - began < 2, "it waits for the store once, not once for each result"


@pytest.mark.parametrize(
    "trouble",
    [ValueError(), OperationalError("UPDATE", None, sqlite3.OperationalError("no UTF-8 text"))],
)
def test_a_result_that_cannot_be_written_keeps_no_other_from_it(start: Start, trouble: Exception):
    """All were kept back until their leases ended, and left a second time."""
    written: list[int] = []
    go_on = threading.Event()

    def write(batch: Sequence[Result]) -> None:
        go_on.wait(10)
        numbers = [each.parcel.nudge.id for each in batch]
        if 3 in numbers:
            raise trouble
        written.extend(numbers)

    recorder = start(write)
    for number in (1, 2, 3, 4):
        recorder.put(result(number), nothing)
    go_on.set()
    recorder.close()
    assert sorted(written) == [1, 2, 4]


def test_who_handed_a_result_in_is_told_once_it_is_written(start: Start):
    happened: list[str] = []
    recorder = start(lambda _: happened.append("written"))
    recorder.put(result(1), lambda: happened.append("told"))
    recorder.close()
    assert happened == ["written", "told"]
