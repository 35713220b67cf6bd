"""A provider that takes everything: `python -m tests.support.sink_server` (see sink.py).

It shares the cores with what it measures, so it is one bare asyncio protocol: 115 microseconds of
CPU a request, and 57 where uvloop is installed, as it is for the benchmarks.
"""

import argparse
import asyncio
import json
import ssl
import time
from collections import deque
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.support.wire import Connection, answer, known_by

CONTROL = "/-/"
TICK = 0.004  # seconds: answers leave in small bundles, for each waking costs CPU too
TAKEN = answer()


class Taker:
    """Keeps what came, in order: (moment in Unix seconds, token or path); answers after `latency`.

    Answers wait in one line: a timer a request costs more CPU.
    """

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._arrivals: list[tuple[float, str]] = []
        self._line: deque[tuple[float, asyncio.Transport]] = deque()

    def take(self, transport: asyncio.Transport, path: str, body: bytes) -> None:
        """Take a message, or do what a test asks of the sink itself."""
        if path.startswith(CONTROL):
            said = json.dumps(self._control(path.removeprefix(CONTROL))).encode()
            transport.write(answer(body=said))
            return
        self._arrivals.append((time.time(), known_by(path, body)))
        if not self._latency:
            transport.write(TAKEN)
            return
        loop = asyncio.get_running_loop()
        self._line.append((loop.time() + self._latency, transport))
        if len(self._line) == 1:
            loop.call_later(self._latency, self._flush, loop)

    def _control(self, what: str) -> Any:
        match what:
            case "count":
                return len(self._arrivals)
            case "arrivals":
                return self._arrivals
            case "forget":
                self._arrivals.clear()
        return None

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time() + 0.001
        while self._line and self._line[0][0] <= now:
            _, transport = self._line.popleft()
            if not transport.is_closing():
                transport.write(TAKEN)
        if self._line:
            loop.call_at(max(self._line[0][0], now + TICK), self._flush, loop)


async def serve(latency: float, certificate: Path | None) -> None:
    """Serve on a free loopback port, which is printed, until killed."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    taker, among = Taker(latency), set[asyncio.Transport]()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(taker.take, among), "127.0.0.1", 0, ssl=context, backlog=4096
    )
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    await server.serve_forever()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--certificate", type=Path, help="PEM of key and certificate: HTTPS")
    given = parser.parse_args()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve(given.latency_ms / 1e3, given.certificate))


if __name__ == "__main__":
    main()
