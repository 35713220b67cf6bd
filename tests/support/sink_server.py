"""A provider that takes everything: `python -m tests.support.sink_server` (see sink.py).

It shares the cores with what it measures, so it is one bare asyncio protocol: 115 microseconds of
CPU a request, and 57 where uvloop is installed, as it is for the benchmarks.
"""

import argparse
import asyncio
import json
import re
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

CONTROL = "/-/"
TICK = 0.004  # seconds: answers leave in small bundles, for each waking costs CPU too
DROP = 0  # the status of a provider that hangs up without a word
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_TOKEN = re.compile(rb"/r/([a-z2-7]{32})")


@dataclass(frozen=True)
class Mode:
    """How paths that begin with `prefix` are answered: DROP hangs up once the request is read."""

    prefix: str = "/"
    status: int = 200
    latency_ms: float = 0.0
    headers: str = ""


@dataclass
class Book:
    """What came, in order: (moment in Unix seconds, token or path); and how to answer."""

    modes: list[Mode]
    arrivals: list[tuple[float, str]]

    def mode(self, path: str) -> Mode:
        """The mode of the longest prefix that the path begins with."""
        fitting = (mode for mode in self.modes if path.startswith(mode.prefix))
        return max(fitting, key=lambda mode: len(mode.prefix))

    def control(self, path: str, body: bytes) -> Any:
        """What a test asks of the sink itself."""
        match path.removeprefix(CONTROL):
            case "count":
                return len(self.arrivals)
            case "arrivals":
                return self.arrivals
            case "forget":
                self.arrivals.clear()
            case "mode":
                mode = Mode(**json.loads(body))
                self.modes = [one for one in self.modes if one.prefix != mode.prefix] + [mode]
        return None


class Answers:
    """Answers that wait, one line for each latency: a timer a request costs more CPU."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lines: dict[float, deque[tuple[float, asyncio.Transport, bytes]]] = {}

    def give(self, transport: asyncio.Transport, answer: bytes, seconds: float) -> None:
        """Write the answer, or hang up where it is empty, after so many seconds."""
        if not seconds:
            _write(transport, answer)
            return
        line = self._lines.setdefault(seconds, deque())
        line.append((self._loop.time() + seconds, transport, answer))
        if len(line) == 1:
            self._loop.call_later(seconds, self._flush, line)

    def _flush(self, line: deque[tuple[float, asyncio.Transport, bytes]]) -> None:
        now = self._loop.time() + 0.001
        while line and line[0][0] <= now:
            _, transport, answer = line.popleft()
            _write(transport, answer)
        if line:
            self._loop.call_at(max(line[0][0], now + TICK), self._flush, line)


def _write(transport: asyncio.Transport, answer: bytes) -> None:
    if not answer:
        transport.abort()
    elif not transport.is_closing():
        transport.write(answer)


class Protocol(asyncio.Protocol):
    """One kept connection."""

    def __init__(self, book: Book, answers: Answers) -> None:
        self._book, self._answers = book, answers
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        held = self._held + data if self._held else data
        while (end := held.find(b"\r\n\r\n") + 4) > 3:
            found = _LENGTH.search(held, 0, end)
            total = end + (int(found[1]) if found else 0)
            if len(held) < total:
                break
            self._take(held[:end], held[end:total])
            held = held[total:]
        self._held = held

    def _take(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        if path.startswith(CONTROL):
            said = json.dumps(self._book.control(path, body)).encode()
            self._transport.write(_answer(200, said, ""))
            return
        token = _TOKEN.search(body)
        self._book.arrivals.append((time.time(), token[1].decode() if token else path))
        mode = self._book.mode(path)
        answer = b"" if mode.status == DROP else _answer(mode.status, b"", mode.headers)
        self._answers.give(self._transport, answer, mode.latency_ms / 1e3)


def _answer(status: int, body: bytes, headers: str) -> bytes:
    return f"HTTP/1.1 {status} -\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def serve(mode: Mode, certificate: Path | None) -> None:
    """Serve on a free loopback port, which is printed, until killed."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    book, answers = Book([mode], []), Answers(loop)
    server = await loop.create_server(
        lambda: Protocol(book, answers), "127.0.0.1", 0, ssl=context, backlog=4096
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
        runner.run(serve(Mode(latency_ms=given.latency_ms), given.certificate))


if __name__ == "__main__":
    main()
