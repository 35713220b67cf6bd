"""Documents of providers: small, soon, and from nowhere else."""

import socket
from collections.abc import Callable

import pytest

from tests.delivery.provider_server import Provider, answer
from troth.inbound.reading import document
from troth.inbound.reading.document import LARGEST, fetch


def test_a_document_is_fetched():
    with Provider().open() as provider:
        provider.answers["/one.pem"] = _document(b"a certificate")
        assert fetch(_url(provider)) == b"a certificate"


@pytest.mark.parametrize("status", [204, 301, 302, 307, 404, 500])
def test_any_but_a_200_is_no_document_and_nobody_is_followed(status):
    with Provider().open() as provider:
        provider.answers["/one.pem"] = answer(status, "Location: /elsewhere")
        with pytest.raises(OSError, match="answer"):
            fetch(_url(provider))
        assert len(provider.heard) == 1


def test_what_is_too_large_is_not_read_to_its_end():
    with Provider().open() as provider:
        provider.answers["/one.pem"] = _document(b"x" * (LARGEST + 1))
        with pytest.raises(OSError, match="too large"):
            fetch(_url(provider))


def test_what_is_too_slow_is_given_up(monkeypatch):
    with Provider().open() as provider:
        provider.answers["/one.pem"] = _wait_for_the_end(provider)
        monkeypatch.setattr(document, "SECONDS", 0.05)
        with pytest.raises(OSError, match="timed out"):
            fetch(_url(provider))


def _url(provider: Provider) -> str:
    return f"http://127.0.0.1:{provider.port}/one.pem"


def _wait_for_the_end(provider: Provider) -> Callable[[socket.socket], None]:
    def wait(_caller: socket.socket) -> None:
        provider.ending.wait(30)

    return wait


def _document(content: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content)
