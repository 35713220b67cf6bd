"""A provider in a process of its own, that takes whatever is sent to it, and tells what came.

The benchmarks use it: it answers after a latency, at some tens of microseconds of CPU a request.
Tests of faults want providers with manners, and have them on a thread (tests/faults/sink.py).
"""

import http.client
import json
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import Process
from tests.support.sink_server import CONTROL
from tests.support.wire import Arrival


class Sink:
    """A running sink."""

    def __init__(self, process: Process, port: int, trusted: Path | None) -> None:
        self.process, self.port = process, port
        self._context = ssl.create_default_context(cafile=trusted) if trusted else None

    @property
    def url(self) -> str:
        """What a path is added to, to make a channel: `{sink.url}/ana`."""
        return f"{'jsons' if self._context else 'json'}://127.0.0.1:{self.port}"

    def count(self) -> int:
        """How many requests came."""
        return int(self._ask("count"))

    def arrivals(self) -> list[Arrival]:
        """Every request, in order."""
        return [Arrival(at, token) for at, token in self._ask("arrivals")]

    def forget(self) -> None:
        """Begin anew."""
        self._ask("forget")

    def _ask(self, what: str) -> Any:
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.port, context=self._context)
            if self._context
            else http.client.HTTPConnection("127.0.0.1", self.port)
        )
        try:
            connection.request("POST", CONTROL + what)
            return json.load(connection.getresponse())
        finally:
            connection.close()


@contextmanager
def running_sink(
    latency_ms: float = 0, certificate: str | None = None, trusted: Path | None = None
) -> Iterator[Sink]:
    """A sink for the time of a `with` block; HTTPS with a `certificate`, believed by `trusted`."""
    command = [sys.executable, "-m", "tests.support.sink_server", f"--latency-ms={latency_ms}"]
    if certificate is not None:
        command.append(f"--certificate={certificate}")
    process = Process(command)
    try:
        port = int(process.wait_for_line(r"listening on (\d+)")[1])
        yield Sink(process, port, trusted if certificate else None)
    finally:
        process.kill()
