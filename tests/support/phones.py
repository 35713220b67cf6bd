"""Phones: a real HTTP server that takes what Apprise's `json://` sends, or refuses it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG_UP = 0


@dataclass(frozen=True)
class Heard:
    """One message as it reached a partner: by which channel, when by the stage's clock."""

    on: str
    title: str
    body: str
    at: datetime

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.body}"


class Phones:
    """Every path is a phone, such as `/ana/first`. `answers` maps a path to an HTTP status."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.answers: dict[str, int] = {}
        self.heard: list[Heard] = []
        self.calls: list[str] = []  # every path that was called, whatever it answered
        self._now = now
        self._news = threading.Condition()
        phones = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = phones.ring(self.path, payload)
                self.close_connection = True
                if status != HANG_UP:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """What a path is added to, to make a channel: `{phones.url}/ana/first`."""
        return f"json://127.0.0.1:{self._server.server_address[1]}"

    def ring(self, path: str, payload: dict[str, str]) -> int:
        with self._news:
            status = self.answers.get(path, 200)
            self.calls.append(path)
            if status == 200:
                self.heard.append(Heard(path, payload["title"], payload["message"], self._now()))
            self._news.notify_all()
            return status

    def wait_for(self, count: int, timeout: float = 60) -> list[Heard]:
        """Return what was heard, once it is `count` messages: for senders of other processes."""
        with self._news:
            came = self._news.wait_for(lambda: len(self.heard) >= count, timeout)
            assert came, f"{len(self.heard)} of {count} messages came"
            return list(self.heard)

    @contextmanager
    def switched_on(self) -> Iterator["Phones"]:
        thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
