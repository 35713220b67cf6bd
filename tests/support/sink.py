"""A provider in a process of its own, that takes whatever is sent to it, and tells what came.

Tests that kill processes and benchmarks use it: it answers after a latency, with a status, or by
hanging up, as each path is told to, at some tens of microseconds of CPU a request.
"""

import http.client
import json
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.support.processes import Process
from tests.support.sink_server import CONTROL, DROP, Mode

__all__ = ["DROP", "Arrival", "Sink", "running_sink"]


@dataclass(frozen=True)
class Arrival:
    """One request: when it was read whole (Unix seconds), and its answer link's token or path."""

    at: float
    token: str


class Sink:
    """A running sink."""

    def __init__(self, process: Process, port: int, authority: Path | None) -> None:
        self.process, self.port = process, port
        self._context = ssl.create_default_context(cafile=authority) if authority else None

    @property
    def url(self) -> str:
        """What a path is added to, to make a channel: `{sink.url}/ana`."""
        return f"{'jsons' if self._context else 'json'}://127.0.0.1:{self.port}"

    def count(self) -> int:
        """How many requests came, those included that were answered badly."""
        return int(self._ask("count"))

    def arrivals(self) -> list[Arrival]:
        """Every request, in order."""
        return [Arrival(at, token) for at, token in self._ask("arrivals")]

    def wait_for(self, count: int, timeout: float = 60) -> list[Arrival]:
        """Return what came, once it is `count` requests."""
        self.process.wait_until(lambda: self.count() >= count, f"{count} requests", timeout)
        return self.arrivals()

    def forget(self) -> None:
        """Begin anew; the modes stay."""
        self._ask("forget")

    def answer(
        self, prefix: str = "/", *, status: int = 200, latency_ms: float = 0, headers: str = ""
    ) -> None:
        """Answer paths that begin with `prefix` so from now on; the longest prefix wins.

        The status DROP hangs up once the request is read. `headers` are whole lines: `A: b\\r\\n`.
        """
        self._ask("mode", asdict(Mode(prefix, status, latency_ms, headers)))

    def _ask(self, what: str, body: object = None) -> Any:
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.port, context=self._context)
            if self._context
            else http.client.HTTPConnection("127.0.0.1", self.port)
        )
        try:
            connection.request("POST", CONTROL + what, json.dumps(body))
            return json.load(connection.getresponse())
        finally:
            connection.close()


@contextmanager
def running_sink(
    latency_ms: float = 0, certificate: Path | None = None, authority: Path | None = None
) -> Iterator[Sink]:
    """A sink for the time of a `with` block; HTTPS with a `certificate` that `authority` signed."""
    command = [sys.executable, "-m", "tests.support.sink_server", f"--latency-ms={latency_ms}"]
    if certificate is not None:
        command.append(f"--certificate={certificate}")
    process = Process(command)
    try:
        port = int(process.wait_for_line(r"listening on (\d+)")[1])
        yield Sink(process, port, authority if certificate else None)
    finally:
        process.kill()
