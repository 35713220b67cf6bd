"""A provider that gives the answers it was told, in their order, and keeps what it was asked."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PATIENCE = 30.0  # seconds


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    query: dict[str, str]
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass(frozen=True)
class Said:
    """One answer: JSON, or the raw text of one."""

    told: object = None
    status: int = 200
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Scripted:
    """Answers wait until they are given: a poll that has none yet is a long poll."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.asked: queue.Queue[Asked] = queue.Queue()
        self._answers: queue.Queue[Said] = queue.Queue()

    def say(self, told: object = None, status: int = 200, **more: Any) -> None:
        self._answers.put(Said(told, status, **more))

    def next_asked(self) -> Asked:
        return self.asked.get(timeout=PATIENCE)

    def answer(self, asked: Asked) -> Said:
        self.asked.put(asked)
        return self._answers.get(timeout=PATIENCE)

    def end(self) -> None:
        """Let whoever still waits go."""
        for _ in range(8):
            self.say({}, 503)


@contextmanager
def scripted() -> Iterator[Scripted]:
    """One for the time of a `with` block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    script = Scripted(server.server_address[1])
    server.script = script  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield script
    finally:
        script.end()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        place = urlsplit(self.path)
        body = json.loads(raw) if raw else {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(place.path, dict(parse_qsl(place.query)), body, headers)
        said = self.server.script.answer(asked)  # type: ignore[attr-defined]
        self._send(said)

    def _send(self, said: Said) -> None:
        told = said.raw if said.raw is not None else json.dumps(said.told).encode()
        try:
            self.send_response(said.status)
            for name, value in {**said.headers, "content-length": str(len(told))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)
        except OSError:
            self.close_connection = True  # whoever asked has gone

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass
