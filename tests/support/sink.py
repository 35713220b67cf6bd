"""A provider that takes every message and remembers it: a real HTTP server on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sink:
    """What arrived, in order. `url` is the Apprise channel that leads here."""

    def __init__(self, port: int) -> None:
        self.url = f"json://127.0.0.1:{port}/"
        self._arrived: list[dict[str, Any]] = []
        self._news = threading.Condition()

    def take(self, message: dict[str, Any]) -> None:
        with self._news:
            self._arrived.append(message)
            self._news.notify_all()

    def wait_for(self, count: int, timeout: float = 30) -> list[dict[str, Any]]:
        """Return what arrived, once there are `count` messages."""
        with self._news:
            came = self._news.wait_for(lambda: len(self._arrived) >= count, timeout)
            assert came, f"{len(self._arrived)} of {count} messages arrived"
            return list(self._arrived)


@contextmanager
def open_sink() -> Iterator[Sink]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            sink.take(json.loads(self.rfile.read(length)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink = Sink(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
