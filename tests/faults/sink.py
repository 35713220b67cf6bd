"""The providers: an HTTP server that reads every message, remembers it, and answers as it is told.

It runs on a thread of the test, which so hears of each message as it comes, and may change its
manners at any moment. A message counts as arrived once it is read and not refused.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.ports import free_port
from tests.support.wire import Arrival, Connection, answer, known_by


@dataclass(frozen=True)
class Manner:
    """How a provider answers. `first` limits it to so many calls of one path; then it is kind."""

    status: int = 200
    latency: float = 0
    retry_after: int | None = None
    drop: bool = False
    first: int | None = None


KIND = Manner()
PROVIDERS = ("kind", "second", "limited", "broken", "slow", "refusing", "dead")
HOSTS = {name: f"127.0.0.{number}" for number, name in enumerate(PROVIDERS, 1)}


class Sink:
    """Every path is a phone; its first part names the provider: a host and a manner of its own."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.dead = free_port()
        self.manners: dict[str, Manner] = {}
        self.calls: Counter[str] = Counter()  # of each path, whatever it answered
        self.arrivals: list[Arrival] = []
        self.heard: list[Callable[[Arrival], None]] = []  # who wants to know of each
        self._news = threading.Condition()
        self._open: set[asyncio.Transport] = set()

    def url(self, path: str) -> str:
        """The channel of one phone, such as `/kind/ana-3`. At `/dead/...` nobody listens."""
        provider = path.split("/")[1]
        port = self.dead if provider == "dead" else self.port
        return f"json://{HOSTS[provider]}:{port}{path}"

    def wait_for(self, count: int, timeout: float) -> bool:
        """Whether so many messages have come within that time."""
        with self._news:
            return self._news.wait_for(lambda: len(self.arrivals) >= count, timeout)

    def forget(self) -> None:
        """Start anew: kind to everybody, with nothing remembered."""
        with self._news:
            self.manners, self.calls, self.arrivals = {}, Counter(), []
            self.heard = []

    @contextmanager
    def switched_on(self) -> Iterator["Sink"]:
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(
            loop.create_server(
                lambda: Connection(self._serve, self._open),
                list(HOSTS.values()),
                self.port,
                backlog=1_000,
            )
        )
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(self._hang_up, loop, server)
            thread.join(timeout=10)
            loop.close()

    def _hang_up(self, loop: asyncio.AbstractEventLoop, server: asyncio.Server) -> None:
        server.close()  # here, for a connection that ends meanwhile must not find it half closed
        for transport in self._open:
            transport.close()
        loop.call_later(0.05, loop.stop)

    def _serve(self, transport: asyncio.Transport, path: str, body: bytes) -> None:
        manner = self._take(path, body)
        asyncio.get_running_loop().call_later(manner.latency, _answer, transport, manner)

    def _take(self, path: str, body: bytes) -> Manner:
        manner = self.manners.get(path.split("/")[1], KIND)
        with self._news:
            self.calls[path] += 1
            if manner.first is not None and self.calls[path] > manner.first:
                manner = Manner(latency=manner.latency)
            if manner.drop or manner.status < 300:
                arrival = Arrival(time.time(), known_by(path, body), path, body.decode())
                self.arrivals.append(arrival)
                for hear in self.heard:
                    hear(arrival)
            self._news.notify_all()
        return manner


def _answer(transport: asyncio.Transport, manner: Manner) -> None:
    if manner.drop:
        transport.close()
    elif not transport.is_closing():
        wait = f"Retry-After: {manner.retry_after}\r\n" if manner.retry_after is not None else ""
        transport.write(answer(manner.status, headers=wait))
