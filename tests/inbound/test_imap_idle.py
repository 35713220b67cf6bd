"""What a server says in one breath with its consent to IDLE is heard, and a refusal is one."""

import imaplib
import socket
import ssl
import threading
import time
from contextlib import contextmanager

import pytest

from tests.support.authority import Authority
from troth.inbound.mails.imap_idle import wait_for_news


@contextmanager
def server_that_answers(idle: bytes, authority: Authority | None = None):
    """A server that says this when it is asked to idle; over TLS where an authority is given."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        caller, _ = door.accept()
        if authority is not None:
            caller = authority.server_context("127.0.0.1").wrap_socket(caller, server_side=True)
        with caller, caller.makefile("rb") as lines:
            caller.sendall(b"* OK ready\r\n")
            for line in lines:
                tag, _, command = line.strip().partition(b" ")
                if command == b"IDLE":
                    caller.sendall(idle)
                elif tag == b"DONE":
                    caller.sendall(b"IDLE1 OK done\r\n")
                else:
                    caller.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = door.getsockname()[1]
    client = (
        imaplib.IMAP4("127.0.0.1", port, timeout=20)
        if authority is None
        else imaplib.IMAP4_SSL(
            "127.0.0.1",
            port,
            ssl_context=ssl.create_default_context(cafile=str(authority.file)),
            timeout=20,
        )
    )
    try:
        yield client
    finally:
        client.shutdown()
        thread.join(20)
        door.close()


@pytest.mark.parametrize("said", [b"+ go\r\n* 1 EXISTS\r\n", b"* 1 EXISTS\r\n+ go\r\n"])
def test_news_in_one_breath_with_the_consent_is_heard_at_once(said):
    begun = time.monotonic()
    with server_that_answers(said) as client:
        wait_for_news(client, 60, threading.Event())
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("said", [b"IDLE1 BAD no\r\n", b"* BYE full\r\n"])
def test_a_refusal_to_idle_is_an_error(said):
    with server_that_answers(said) as client, pytest.raises(imaplib.IMAP4.error):
        wait_for_news(client, 60, threading.Event())


def test_time_runs_out_and_a_stop_is_heeded():
    begun, stopping = time.monotonic(), threading.Event()
    with server_that_answers(b"+ go\r\n") as client:
        wait_for_news(client, 0.05, stopping)
        stopping.set()
        wait_for_news(client, 60, stopping)
    assert time.monotonic() - begun < 10


def test_over_tls_it_is_the_same(tmp_path):
    begun, authority = time.monotonic(), Authority(tmp_path)
    with server_that_answers(b"+ go\r\n* 1 EXISTS\r\n", authority) as client:
        wait_for_news(client, 60, threading.Event())
    with server_that_answers(b"+ go\r\n", authority) as client:
        wait_for_news(client, 0.05, threading.Event())
        assert client.noop()[0] == "OK"
    assert time.monotonic() - begun < 10
