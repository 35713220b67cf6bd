"""Mails share TLS contexts: each is believed or refused as if it had one of its own."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.delivery.conftest import Send
from tests.support.authority import Authority
from troth.delivery.contexts import MailContext
from troth.delivery.outcome import Sent, TryAgain


class Post:
    """A mail server that says yes to everything and counts what it was given."""

    def __init__(self, context: ssl.SSLContext, *, at_once: bool) -> None:
        self.received = 0
        self._context, self._at_once = context, at_once
        self._door = socket.create_server(("127.0.0.1", 0))

    def url(self, verify: str) -> str:
        port = self._door.getsockname()[1]
        mode = "ssl" if self._at_once else "starttls"
        return (
            f"mailtos://ana@127.0.0.1:{port}?smtp=127.0.0.1&mode={mode}&verify={verify}"
            "&from=ana@example.org&to=ben@example.org"
        )

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._door.accept()
                caller.settimeout(30)
                with suppress(OSError), caller:
                    self._talk(caller)

    def _talk(self, caller: socket.socket) -> None:
        if self._at_once:
            caller = self._context.wrap_socket(caller, server_side=True)
        caller.sendall(b"220 ready\r\n")
        while line := _line(caller).strip():
            if line.upper() == b"STARTTLS":
                caller.sendall(b"220 go on\r\n")
                caller = self._context.wrap_socket(caller, server_side=True)
            elif line.upper() == b"DATA":
                caller.sendall(b"354 go on\r\n")
                while _line(caller) not in (b".\r\n", b""):
                    pass
                self.received += 1
                caller.sendall(b"250 taken\r\n")
            else:
                caller.sendall(b"250-here\r\n250 STARTTLS\r\n")
        caller.close()

    @contextmanager
    def open(self) -> Iterator["Post"]:
        thread = threading.Thread(target=self._welcome, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            with suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            thread.join()


def _line(caller: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = caller.recv(1)
        if not byte:
            return b""
        line += byte
    return line


@pytest.fixture(params=[True, False], ids=["ssl", "starttls"])
def post(request: pytest.FixtureRequest, authority: Authority) -> Iterator[Post]:
    with Post(authority.server_context("127.0.0.1"), at_once=request.param).open() as post:
        yield post


@pytest.fixture(autouse=True)
def _nothing_shared_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MailContext, "_shared", {})


@pytest.mark.parametrize("order", [["no", "yes", "no", "yes"], ["yes", "no", "yes", "no"]])
def test_mails_that_verify_and_mails_that_do_not_never_mix(
    post: Post, send: Send, order: list[str]
) -> None:
    for verify in order:
        outcome = send(post.url(verify))
        assert isinstance(outcome, Sent if verify == "no" else TryAgain)
    assert post.received == 2


def test_a_mail_server_that_a_known_authority_certifies_is_believed(
    post: Post, send: Send, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert send(post.url("yes")) == Sent()


def test_authorities_are_read_once_for_all_mails(
    post: Post, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[ssl.SSLContext] = []
    make = ssl.create_default_context

    def counted() -> ssl.SSLContext:
        made.append(make())
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    for verify in ("no", "yes", "no", "yes"):
        send(post.url(verify))
    assert len(made) == 2
