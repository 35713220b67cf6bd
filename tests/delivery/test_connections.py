"""Connections are shared; nothing else passes from one channel to another."""

import socket
import struct
import threading
from pathlib import Path

import pytest
import requests

from tests.delivery.conftest import Send
from tests.delivery.provider_server import OK, Provider, answer
from troth.delivery import idle_connections
from troth.delivery.courier import Courier
from troth.delivery.outcome import Sent, TryAgain


def fresh_courier() -> Courier:
    return Courier(lambda *_letter: None, keep_connections=False)


def test_channels_of_one_provider_share_a_connection(provider: Provider, send: Send) -> None:
    for partner in ("ana", "ben", "cy"):
        assert send(f"{provider.url}/{partner}") == Sent()
    assert provider.accepted == 1


def test_each_send_connects_anew_when_connections_are_not_kept(
    provider: Provider, send: Send
) -> None:
    for _ in range(3):
        assert send(f"{provider.url}/ana", fresh_courier()) == Sent()
    by = fresh_courier()
    for _ in range(3):
        assert send(f"{provider.url}/ana", by) == Sent()
    assert provider.accepted == 6


def test_as_many_connections_are_kept_as_were_needed_at_once(
    provider: Provider, send: Send
) -> None:
    provider.together = threading.Barrier(40)  # nobody is answered before all have asked
    for _ in range(3):
        threads = [threading.Thread(target=send, args=(f"{provider.url}/ana",)) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(provider.heard), provider.accepted) == (120, 40)


def test_a_cookie_of_one_channel_never_reaches_another(provider: Provider, send: Send) -> None:
    provider.answers["/ana"] = answer(200, "Set-Cookie: who=ana; Path=/")
    for path in ("ana", "ben", "ana"):
        assert send(f"{provider.url}/{path}") == Sent()
    assert provider.accepted == 1
    assert not any("cookie" in request.headers for request in provider.heard)


def test_credentials_and_headers_of_one_channel_never_reach_another(
    provider: Provider, send: Send
) -> None:
    with_secrets = provider.url.replace("://", "://ana:hunter2@") + "/ana?+X-Key=hunter3"
    for url in (with_secrets, f"{provider.url}/ben"):
        assert send(url) == Sent()
    first, second = (request.headers for request in provider.heard)
    assert provider.accepted == 1
    assert first["authorization"].startswith("Basic ")
    assert first["x-key"] == "hunter3"
    assert "authorization" not in second
    assert "x-key" not in second


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("wish", ["", "?redirect=yes"])
def test_a_redirect_is_neither_followed_nor_remembered(
    provider: Provider, send: Send, status: int, wish: str
) -> None:
    provider.answers["/ana"] = answer(status, "Location: /elsewhere")
    assert isinstance(send(f"{provider.url}/ana{wish}"), TryAgain)
    provider.answers["/ana"] = OK
    assert send(f"{provider.url}/ana{wish}") == Sent()
    assert [request.path for request in provider.heard] == ["/ana", "/ana"]


def test_no_netrc_is_read(
    provider: Provider, send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login root password hunter2\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    assert send(f"{provider.url}/ana") == Sent()
    assert "authorization" not in provider.heard[0].headers


def test_the_proxy_that_the_environment_names_is_used(
    provider: Provider, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{provider.port}")
    monkeypatch.setenv("no_proxy", "near.example.org")
    by = Courier(lambda *_letter: None)
    for _ in range(2):
        assert send("json://far.example.org/ana", by) == Sent()
    assert provider.heard[0].path == "http://far.example.org/ana"
    assert provider.accepted == 1


def test_whoever_else_uses_requests_gets_its_own_sessions(courier: Courier) -> None:
    session = vars(requests.api)["sessions"].Session()
    assert type(session) is requests.Session
    session.close()


def test_a_connection_that_was_closed_meanwhile_costs_nothing(
    provider: Provider, send: Send
) -> None:
    provider.answers["/ana"] = _say_and_hang_up
    assert send(f"{provider.url}/ana") == Sent()
    assert provider.closed.wait(10)
    assert send(f"{provider.url}/ben") == Sent()
    assert [request.path for request in provider.heard] == ["/ana", "/ben"]


@pytest.mark.parametrize("reset", [False, True])
def test_what_was_under_way_when_a_kept_connection_broke_is_not_sent_again_unmarked(
    provider: Provider, send: Send, *, reset: bool
) -> None:
    assert send(f"{provider.url}/ana") == Sent()
    provider.answers["/ana"] = _reset if reset else _hang_up
    outcome = send(f"{provider.url}/ana")
    assert outcome == TryAgain("the provider gave no answer", may_have_left=True)
    assert (len(provider.heard), provider.accepted) == (2, 1)


def test_a_connection_that_was_idle_for_long_is_not_used_again(
    provider: Provider, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_connections, "KEPT_SECONDS", 0.0)
    for _ in range(2):
        assert send(f"{provider.url}/ana") == Sent()
    assert provider.accepted == 2


def test_connections_that_nobody_uses_any_more_are_closed(
    provider: Provider, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(f"{provider.url}/ana") == Sent()
    monkeypatch.setattr(idle_connections, "KEPT_SECONDS", 0.0)
    monkeypatch.setattr(idle_connections._broom, "_due", 0.0)
    with Provider().open() as other:
        assert send(f"{other.url}/ben") == Sent()
    assert provider.closed.wait(10)


def _say_and_hang_up(caller: socket.socket) -> None:
    caller.sendall(OK)
    caller.shutdown(socket.SHUT_RDWR)


def _hang_up(caller: socket.socket) -> None:
    caller.shutdown(socket.SHUT_RDWR)


def _reset(caller: socket.socket) -> None:
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    caller.close()
