"""A provider that counts its connections and answers byte by byte as a test tells it."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Talk = Callable[[socket.socket], None]  # answers, and hangs up when it returns


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


class Provider:
    """`answers` maps a path to bytes, after which the connection stays open, or to a talk."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, bytes | Talk] = {}
        self.otherwise: bytes | Talk = OK  # on any other path
        self.heard: list[Request] = []
        self.accepted = 0
        self.certificates: list[object] = []  # what clients showed of themselves
        self.closed = threading.Event()  # set when the provider has hung up
        self.ending = threading.Event()
        self.together: threading.Barrier | None = None
        self._tls = tls
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._door.getsockname()[1]

    @property
    def url(self) -> str:
        return f"json{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._door.accept()
                caller.settimeout(60)
                self.accepted += 1
                self._open.append(caller)
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            if self._tls is not None:
                caller = self._tls.wrap_socket(caller, server_side=True)
                self._open.append(caller)
                self.certificates.append(caller.getpeercert())
            with caller, caller.makefile("rb") as lines:
                while (said := self._hear(lines)) is not None:
                    if isinstance(said, bytes):
                        caller.sendall(said)
                    else:
                        said(caller)
                        break
        self.closed.set()

    def _hear(self, lines: BinaryIO) -> bytes | Talk | None:
        first = lines.readline()
        if not first:
            return None
        headers = {}
        while (line := lines.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = lines.read(int(headers.get("content-length", 0)))
        path = first.split()[1].decode()
        self.heard.append(Request(path, headers, body))
        if self.together is not None:
            self.together.wait(30)
        return self.answers.get(path, self.otherwise)

    @contextmanager
    def open(self) -> Iterator["Provider"]:
        thread = threading.Thread(target=self._welcome, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.ending.set()
            with suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            thread.join()
            for caller in self._open:
                with suppress(OSError):
                    caller.shutdown(socket.SHUT_RDWR)
                caller.close()
