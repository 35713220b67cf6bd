"""The connections themselves: when something leaves by them, and how long an answer may take."""

import http.client
import io
import socket
import time
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family

from troth.delivery.exchange import LARGEST_ANSWER, Exchange, current_exchange
from troth.delivery.idle_connections import Idle

CONNECT_SECONDS = 10.0  # where nothing else is said
LEAST_SECONDS = 2.0  # for each address of a host: the first packet may be lost, and comes after 1 s


class BoundedReader(io.RawIOBase):
    """Reads a socket until the exchange's time is over or the answer is too long.

    A socket's own time-out starts anew with each byte, so one byte a second would hold a worker
    for as long as the provider likes, in the headers as well as in the body.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, exchange: Exchange) -> None:
        self._raw, self._sock, self._exchange = raw, sock, exchange
        self._room = LARGEST_ANSWER

    def readable(self) -> bool:
        """Say yes, as the reader above asks once."""
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any buffer
        """Read what has come. Raises TimeoutError or OSError at the bounds."""
        left = self._exchange.left()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        if left < (self._sock.gettimeout() or left + 1):
            self._sock.settimeout(left)
        count = self._raw.readinto(buffer)
        self._room -= count or 0
        if self._room < 0:
            raise OSError("the answer is too long")
        return count

    def close(self) -> None:
        """Let the socket go."""
        if not self.closed:
            self._raw.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """An answer that is read within the bounds of its exchange."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - http's
        super().__init__(sock, *args, **kwargs)
        exchange = current_exchange()
        if exchange is not None:
            raw = self.fp.detach()
            self.fp = io.BufferedReader(BoundedReader(raw, sock, exchange))


class _Watched(HTTPConnection):
    """Tells the exchange when a request is about to leave, and not before."""

    response_class = BoundedResponse

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on as they are
        """Connect first: what fails until then has certainly not left."""
        if self.sock is None:
            self.connect()
        exchange = current_exchange()
        if exchange is not None:
            exchange.leave()
        super().request(*args, **kwargs)

    def _new_conn(self) -> socket.socket:
        """Connect to the host, whatever number of addresses it has, in the one connect time."""
        ends = time.monotonic() + (self.timeout or CONNECT_SECONDS)
        addresses = self._addresses()
        trouble: OSError = OSError("the host has no address")
        for tried, address in enumerate(addresses):
            left = ends - time.monotonic()
            if left <= 0:
                trouble = TimeoutError()
                break
            share = max(left / (len(addresses) - tried), min(left, LEAST_SECONDS))
            try:
                return self._connect_to(address, share)
            except OSError as error:
                trouble = error
        if isinstance(trouble, TimeoutError):
            raise ConnectTimeoutError(self, "no address answered in time") from trouble
        raise NewConnectionError(self, "no address could be connected to") from trouble

    def _addresses(self) -> list[Any]:
        """Look the host up, once."""
        try:
            return socket.getaddrinfo(
                self._dns_host.strip("[]"), self.port, allowed_gai_family(), socket.SOCK_STREAM
            )
        except (socket.gaierror, UnicodeError) as error:
            trouble = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, trouble) from error

    def _connect_to(self, found: tuple[Any, Any, int, str, Any], seconds: float) -> socket.socket:
        family, kind, protocol, _, address = found
        sock = socket.socket(family, kind, protocol)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(seconds)
            sock.connect(address)
            sock.settimeout(self.timeout)
        except BaseException:
            sock.close()
            raise
        return sock


class Connection(_Watched):
    """A connection without TLS."""


class SecureConnection(_Watched, HTTPSConnection):
    """A connection with TLS."""


class Pool(HTTPConnectionPool):
    """The connections to one host."""

    ConnectionCls = Connection
    QueueCls = Idle  # type: ignore[assignment] # urllib3 asks it for put, get and qsize alone


class SecurePool(HTTPSConnectionPool):
    """The connections to one host by one TLS context."""

    ConnectionCls = SecureConnection
    QueueCls = Idle  # type: ignore[assignment] # as above

    def _validate_conn(self, conn: Any) -> None:  # noqa: ANN401 - as urllib3 has it
        """Connect. Of a channel that is not to be verified nobody is warned at each send."""
        if conn.is_closed:
            conn.connect()


POOLS: dict[str, Any] = {"http": Pool, "https": SecurePool}
