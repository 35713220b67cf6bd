"""What a provider says, how long it may take to say it, and what is known when it says nothing."""

import gzip
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.delivery.conftest import Send
from tests.delivery.provider_server import OK, Provider, Talk, answer
from tests.support.ports import free_port
from troth.delivery.courier import Courier
from troth.delivery.exchange import LARGEST_ANSWER, LONGEST_ASKED, retry_after
from troth.delivery.outcome import Outcome, Refused, Sent, TryAgain

NOT_REACHED = TryAgain("the provider could not be reached", may_have_left=False)
NO_ANSWER = TryAgain("the provider gave no answer", may_have_left=True)
LONG = b"x" * (LARGEST_ANSWER + 1)
BEGUN = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


def hasty() -> Courier:
    """A courier that has little time, as the tests have."""
    return Courier(lambda *_letter: None, seconds=1.0)


def dripping(provider: Provider, start: bytes, drop: bytes) -> Talk:
    """Say one drop after the other until the test ends: each well within a socket's time-out."""

    def talk(caller: socket.socket) -> None:
        caller.sendall(start)
        while not provider.ending.wait(0.1):
            caller.sendall(drop)

    return talk


@pytest.mark.parametrize(
    ("start", "drop", "outcome"),
    [
        (b"", b"H", NO_ANSWER),
        (b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n", NO_ANSWER),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", NO_ANSWER),
        (BEGUN, b"x", Sent()),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", Sent()),
        (b"HTTP/1.1 403 No\r\nContent-Length: 99\r\n\r\n", b"x", Refused),
    ],
)
def test_a_provider_that_drips_holds_nobody_up(
    provider: Provider, send: Send, start: bytes, drop: bytes, outcome: Outcome | type[Outcome]
) -> None:
    provider.answers["/ana"] = dripping(provider, start, drop)
    begun = time.monotonic()
    came_to = send(f"{provider.url}/ana", hasty())
    assert time.monotonic() - begun < 10
    assert came_to == outcome or type(came_to) is outcome


def test_a_provider_that_says_nothing_is_waited_for_no_longer_than_allowed(
    provider: Provider, send: Send
) -> None:
    provider.answers["/ana"] = dripping(provider, b"", b"")
    assert send(f"{provider.url}/ana", hasty()) == NO_ANSWER


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (answer(200, body=LONG), Sent()),
        (answer(200, "Content-Encoding: gzip", body=gzip.compress(LONG * 40)), Sent()),
        (answer(200, "Content-Encoding: gzip", body=b"no gzip"), Sent()),
        (answer(503, body=LONG), TryAgain("the provider was in trouble (status 503)")),
        (answer(200, *[f"X-{n}: {'x' * 60_000}" for n in range(6)]), NO_ANSWER),
    ],
    ids=["body", "unpacked", "garbled", "trouble", "headers"],
)
def test_an_answer_that_is_too_long_is_not_read_and_its_status_counts(
    provider: Provider, send: Send, said: bytes, outcome: Outcome
) -> None:
    provider.answers["/ana"] = said
    assert send(f"{provider.url}/ana") == outcome
    assert send(f"{provider.url}/ben") == Sent()


@pytest.mark.parametrize("status", [429, 503])
def test_a_provider_that_asks_for_patience_gets_it(
    provider: Provider, send: Send, status: int
) -> None:
    provider.answers["/ana"] = answer(status, "Retry-After: 120")
    reason = f"the provider was in trouble (status {status})"
    assert send(f"{provider.url}/ana") == TryAgain(reason, after=timedelta(minutes=2))
    provider.answers["/ana"] = answer(status)
    assert send(f"{provider.url}/ana") == TryAgain(reason, after=None)


def test_a_plugin_that_would_sleep_as_long_as_it_is_told_does_not(
    provider: Provider, send: Send
) -> None:
    provider.otherwise = answer(429, "Retry-After: 60", body=b'{"retry_after_ms": 3600000}')
    begun = time.monotonic()
    outcome = send(f"matrix://ana:hunter2@127.0.0.1:{provider.port}/%23us?hsreq=no")
    assert outcome == TryAgain(
        "the provider was in trouble (status 429)", after=timedelta(minutes=1)
    )
    assert time.monotonic() - begun < 30


def test_only_a_provider_that_has_too_much_to_do_is_asked_less(
    provider: Provider, send: Send
) -> None:
    provider.answers["/ana"] = answer(500, "Retry-After: 120")
    outcome = send(f"{provider.url}/ana")
    assert outcome == TryAgain("the provider was in trouble (status 500)", after=None)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("1", timedelta(seconds=1)),
        (" 30 ", timedelta(seconds=30)),
        ("3600", LONGEST_ASKED),
        ("3601", LONGEST_ASKED),
        ("9" * 400, LONGEST_ASKED),
        ("Sun, 01 Nov 2026 01:30:20 GMT", timedelta(seconds=20)),
        ("Sun, 01 Nov 2026 01:29:20 GMT", None),
        ("Sun, 01 Nov 2037 01:30:20 GMT", LONGEST_ASKED),
        ("Sun, 01 Nov 2026 01:30:20 -0000", timedelta(seconds=20)),
        ("Sun, 99 Nov 2026 01:30:20 GMT", None),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_an_hour(
    asked: str, wait: timedelta | None
) -> None:
    now = {"Date": "Sun, 01 Nov 2026 01:30:00 GMT"}
    assert retry_after({**now, "Retry-After": asked}) == wait


def test_a_date_is_held_against_our_clock_where_the_answer_has_none() -> None:
    later = datetime.now(UTC) + timedelta(minutes=10)
    wait = retry_after({"Retry-After": later.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    assert wait is not None
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_in_trouble_cannot_say_whether_the_message_went_on(
    provider: Provider, send: Send, status: int
) -> None:
    provider.answers["/ana"] = answer(status)
    outcome = send(f"{provider.url}/ana")
    assert isinstance(outcome, TryAgain)
    assert outcome.may_have_left


def test_where_nobody_listens_nothing_has_left(send: Send) -> None:
    assert send(f"json://127.0.0.1:{free_port()}/") == NOT_REACHED


def test_where_no_name_is_known_nothing_has_left(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_asked: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert send("json://nowhere.example.org/") == NOT_REACHED


def test_a_name_with_many_dead_addresses_is_reached_by_the_one_that_lives(
    provider: Provider, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo
    dead = known("127.0.0.1", free_port(), type=socket.SOCK_STREAM) * 3

    def many(*_asked: Any) -> Any:
        return dead + known("127.0.0.1", provider.port, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", many)
    assert send("json://many.example.org/ana") == Sent()


def test_many_addresses_that_do_not_answer_share_the_time_of_one(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]
        for caller in waiting:  # a full queue answers nobody, as a dead address does
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        found = socket.getaddrinfo("127.0.0.1", full.getsockname()[1], type=socket.SOCK_STREAM) * 30
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked: found)
        begun = time.monotonic()
        assert send("json://many.example.org/ana", hasty()) == NOT_REACHED
        assert time.monotonic() - begun < 10
        for caller in waiting:
            caller.close()


def test_a_connection_is_of_use_again_after_a_short_answer(provider: Provider, send: Send) -> None:
    provider.answers["/ana"] = answer(404)
    assert isinstance(send(f"{provider.url}/ana"), Refused)
    provider.answers["/ana"] = OK
    assert send(f"{provider.url}/ana") == Sent()
    assert provider.accepted == 1
