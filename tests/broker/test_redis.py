"""Redis keeps strangers out, or Troth does not use it: whoever can write to the queue can ring."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.support.authority import Authority
from tests.support.servers import Redis
from troth.broker.redis import check_redis
from troth.errors import TrothError

HOST = "127.0.0.1"


class OpenRedis(Redis):
    password = ""


@pytest.fixture(scope="module")
def open_redis() -> Iterator[Redis]:
    with OpenRedis.running() as server:
        yield server


@contextmanager
def over_tls(server: Redis, context: ssl.SSLContext) -> Iterator[int]:
    """The port where this Redis answers over TLS: not every redis-server can do that itself."""

    class Caller(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # where TLS itself turned a stranger away
                self._talk(context.wrap_socket(self.request, server_side=True))

        def _talk(self, caller: socket.socket) -> None:
            with caller, socket.create_connection((HOST, server.port)) as redis:
                while asked := caller.recv(65_536):
                    redis.sendall(asked)
                    caller.sendall(redis.recv(65_536))

    with socketserver.ThreadingTCPServer((HOST, 0), Caller) as front:
        front.daemon_threads = True
        threading.Thread(target=front.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield front.server_address[1]
        finally:
            front.shutdown()


def secure(port: int, authority: Authority, password: str = "", more: str = "") -> str:
    return f"rediss://:{password}@{HOST}:{port}/0?ssl_ca_certs={authority.file}{more}"


def test_a_redis_that_asks_for_a_password_is_used(redis_url: str):
    check_redis(redis_url)


def test_an_open_redis_is_refused(open_redis: Redis):
    with pytest.raises(TrothError, match="lets anybody in"):
        check_redis(open_redis.url)


def test_an_open_redis_is_refused_over_tls_too(open_redis: Redis, authority: Authority):
    with (
        over_tls(open_redis, authority.server_context(HOST)) as port,
        pytest.raises(TrothError, match="lets anybody in"),
    ):
        check_redis(secure(port, authority))


def test_a_redis_that_asks_for_a_password_is_used_over_tls_too(
    redis_server: Redis, authority: Authority
):
    with over_tls(redis_server, authority.server_context(HOST)) as port:
        check_redis(secure(port, authority, redis_server.password))


def test_a_redis_that_asks_for_a_certificate_is_guarded_by_it(
    open_redis: Redis, authority: Authority
):
    context = authority.server_context(HOST)
    context.verify_mode = ssl.CERT_REQUIRED
    mine = authority.certificate("127.0.0.5")
    with over_tls(open_redis, context) as port:
        check_redis(secure(port, authority, more=f"&ssl_certfile={mine}&ssl_keyfile={mine}"))
        with pytest.raises(TrothError, match="certificate of ours"):
            check_redis(secure(port, authority))


def test_a_wrong_password_is_told_from_a_server_that_is_away(redis_url: str, free_port: int):
    for url, cause in (
        (redis_url.replace(Redis.password, "wrong"), "refuses the password"),
        (f"redis://:secret@{HOST}:{free_port}/0", "does not answer"),
    ):
        with pytest.raises(TrothError, match=cause):
            check_redis(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis://127.0.0.1/0?no_such_option=1"])
def test_what_is_no_redis_url_is_named(url: str):
    with pytest.raises(TrothError, match="no Redis URL"):
        check_redis(url)
