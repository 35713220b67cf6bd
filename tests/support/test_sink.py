import http.client
import socket
import ssl
import time
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.sink import Sink, running_sink

TOKEN = "abcdefghijklmnopqrstuvwxyz234567"


def post(sink: Sink, path: str, body: str = "") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", sink.port)
    connection.request("POST", path, body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def known(sink: Sink, count: int) -> list[str]:
    """By what each message is known, once so many came."""
    sink.process.wait_until(lambda: sink.count() >= count, f"{count} requests", 60)
    return [arrival.token for arrival in sink.arrivals()]


def test_the_sink_tells_what_came_by_its_link_or_else_by_its_path() -> None:
    with running_sink() as sink:
        post(sink, "/ana", f"come: https://troth.test/r/{TOKEN} soon")
        post(sink, "/ben", "no link")
        assert known(sink, 2) == [TOKEN, "/ben"]
        sink.forget()
        assert sink.count() == 0


def test_the_sink_reads_requests_that_share_or_split_a_packet() -> None:
    whole, begun = b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", b"POST /b HTTP/1.1\r\nCont"
    with running_sink() as sink, socket.create_connection(("127.0.0.1", sink.port)) as raw:
        raw.sendall(2 * whole + begun)
        known(sink, 2)
        raw.sendall(b"ent-Length: 3\r\n\r\nhe")
        raw.sendall(b"y")
        assert known(sink, 3) == ["/a", "/a", "/b"]


def test_the_sink_answers_when_its_latency_is_over() -> None:
    with running_sink(latency_ms=300) as sink:
        began = time.monotonic()
        assert post(sink, "/ana").status == 200
        assert time.monotonic() - began >= 0.3


def test_the_sinks_certificate_holds_for_who_trusts_its_authority_alone(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with running_sink(certificate=authority.certificate(), trusted=authority.file) as sink:
        assert sink.count() == 0
        assert sink.url.startswith("jsons://")
        stranger = http.client.HTTPSConnection("127.0.0.1", sink.port)
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.request("POST", "/ana")
        stranger.close()
