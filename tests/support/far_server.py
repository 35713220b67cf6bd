"""A server of somebody else's: remembers what it is asked, and answers as it is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: bytes


@dataclass
class FarServer:
    """It answers `status`, from `url` on."""

    url: str = ""
    status: int = 200
    asked: list[Asked] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    hangs: threading.Event | None = None  # it answers nothing until this is set

    def wait_for(self, enough: Callable[[list[Asked]], bool], timeout: float = 20) -> bool:
        """Whether what was asked comes to be enough within that time."""
        with self.news:
            return self.news.wait_for(lambda: enough(self.asked), timeout)

    @contextmanager
    def running(self) -> Iterator["FarServer"]:
        """Serve for the time of a `with` block."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def _handler(far: FarServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with far.news:
                far.asked.append(Asked(self.command, self.path, body))
                far.news.notify_all()
            if far.hangs is not None:
                far.hangs.wait()
            self.send_response(far.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_about: object) -> None:
            pass

    return Handler
