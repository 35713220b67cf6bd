"""The providers: an HTTP server that reads every message, remembers it, and answers as it is told.

It runs on a thread of its own; a message counts as arrived once it is read and not refused.
"""

import asyncio
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.support.ports import free_port

_TOKEN = re.compile(r"/r/([a-z2-7]+)")


@dataclass(frozen=True)
class Manner:
    """How a provider answers. `first` limits it to so many calls of one path; then it is kind."""

    status: int = 200
    latency: float = 0
    retry_after: int | None = None
    drop: bool = False
    first: int | None = None


@dataclass(frozen=True)
class Arrival:
    """One message that a provider took. `at` is in seconds of the system's clock."""

    token: str
    path: str
    body: str
    at: float


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
        self._open: set[asyncio.StreamWriter] = set()

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
            asyncio.start_server(self._serve, list(HOSTS.values()), self.port, backlog=1_000)
        )
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.close()
            loop.call_soon_threadsafe(self._hang_up, loop)
            thread.join(timeout=10)
            loop.close()

    def _hang_up(self, loop: asyncio.AbstractEventLoop) -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.call_soon(loop.call_later, 0.05, loop.stop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while head := await _head(reader):
                path, length = head
                payload = json.loads(await reader.readexactly(length))
                manner = self._take(path, payload["message"])
                await asyncio.sleep(manner.latency)
                if manner.drop:
                    break
                writer.write(_answer(manner))
                await writer.drain()
        writer.close()

    def _take(self, path: str, body: str) -> Manner:
        manner = self.manners.get(path.split("/")[1], KIND)
        with self._news:
            self.calls[path] += 1
            if manner.first is not None and self.calls[path] > manner.first:
                manner = Manner(latency=manner.latency)
            if manner.drop or manner.status < 300:
                found = _TOKEN.search(body)
                arrival = Arrival(found[1] if found else "", path, body, time.time())
                self.arrivals.append(arrival)
                for hear in self.heard:
                    hear(arrival)
            self._news.notify_all()
        return manner


async def _head(reader: asyncio.StreamReader) -> tuple[str, int] | None:
    """The path and the length of the next request, or None where the caller has hung up."""
    line = await reader.readline()
    if not line:
        return None
    length = 0
    while (header := await reader.readline()).strip():
        name, _, value = header.decode("latin-1").partition(":")
        if name.casefold() == "content-length":
            length = int(value)
    return line.decode("latin-1").split(" ")[1], length


def _answer(manner: Manner) -> bytes:
    wait = f"Retry-After: {manner.retry_after}\r\n" if manner.retry_after is not None else ""
    return f"HTTP/1.1 {manner.status} So\r\n{wait}Content-Length: 0\r\n\r\n".encode()
