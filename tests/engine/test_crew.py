"""The crew: how a worker's places are shared between providers, be they quick, slow or dead."""

import threading
from collections.abc import Iterator

import pytest

from troth.engine import crew as crew_module
from troth.engine.crew import Crew


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Sends that hang until this is set."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture(autouse=True)
def nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "PATIENCE", 0.1)


def hang(crew: Crew, provider: str, wanted: int, gate: threading.Event) -> int:
    """Begin as many sends that hang as there are places for; return how many."""
    places = crew.reserve({provider: wanted})[provider]

    def send() -> None:
        gate.wait(20)
        crew.release(provider)

    for _ in range(places):
        crew.start(provider, send)
    return places


def test_a_provider_alone_gets_half_of_the_places(gate: threading.Event):
    assert hang(Crew(16), "json:a", 100, gate) == 8


def test_a_provider_that_hangs_leaves_room_for_every_other(gate: threading.Event):
    crew = Crew(16)
    assert [hang(crew, name, 100, gate) for name in "abcd"] == [8, 4, 2, 1]
    assert crew.reserve({"a": 1}) == {}


def test_several_providers_of_one_ring_share_the_places():
    granted = Crew(16).reserve({"a": 3, "b": 100})
    assert granted["a"] == 3
    assert granted["b"] == 7


def test_a_place_comes_back_when_it_is_given_back(gate: threading.Event):
    crew = Crew(4)
    assert hang(crew, "a", 10, gate) == 2
    assert not crew.reserve({"a": 1})
    gate.set()
    assert crew.join(10)
    assert crew.reserve({"a": 10})["a"] == 2


def test_who_waits_gets_the_place_of_a_send_that_ends(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(crew_module, "PATIENCE", 20.0)
    crew = Crew(4)
    hang(crew, "a", 10, gate)
    threading.Timer(0.05, gate.set).start()
    assert crew.reserve({"a": 1})["a"] == 1


def test_nobody_waits_for_a_provider_that_is_known_to_be_slow(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch
):
    crew = Crew(4)
    monkeypatch.setattr(crew_module, "SLOW", -1.0)
    hang(crew, "a", 1, gate)
    gate.set()
    crew.join(10)
    gate.clear()
    hang(crew, "a", 10, gate)
    monkeypatch.setattr(crew_module, "PATIENCE", 60.0)  # would run into the test's time-out
    assert not crew.reserve({"a": 1})


def test_a_provider_that_holds_nothing_leaves_nothing_behind(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(crew_module, "MOST_PACES", 3)
    crew = Crew(16)
    gate.set()
    for number in range(10):
        hang(crew, f"json:{number}", 1, gate)
        assert crew.join(10)
        assert not crew._busy
    assert len(crew._pace) <= 3


def test_a_thread_that_can_not_be_had_is_told_and_takes_no_hand_along(
    monkeypatch: pytest.MonkeyPatch,
):
    crew = Crew(1)
    done = threading.Event()
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="new thread"):
            crew.start("a", done.set)
    crew.start("a", done.set)
    assert done.wait(10)


def refuse(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")
