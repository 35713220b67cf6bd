"""HTTP as sinks speak it: bare requests on kept connections, and the answer links in them."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_TOKEN = re.compile(rb"/r/([a-z2-7]{32})")

Take = Callable[[asyncio.Transport, str, bytes], None]


@dataclass(frozen=True)
class Arrival:
    """One message: when it was read whole (Unix seconds), and by what it is known (`known_by`).

    A sink that only counts keeps neither its path nor its body.
    """

    at: float
    token: str
    path: str = ""
    body: str = ""


def known_by(path: str, body: bytes) -> str:
    """The token of the answer link that a message carries, or else the path it came to."""
    found = _TOKEN.search(body)
    return found[1].decode() if found else path


def answer(status: int = 200, body: bytes = b"", headers: str = "") -> bytes:
    """A whole answer. `headers` are whole lines: `A: b\\r\\n`."""
    return f"HTTP/1.1 {status} -\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One kept connection, `among` those that are open; what was read whole is taken."""

    def __init__(self, take: Take, among: set[asyncio.Transport]) -> None:
        self._take, self._among = take, among
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._among.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as it is called
        self._among.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        held = self._held + data if self._held else data
        while (end := held.find(b"\r\n\r\n") + 4) > 3:
            found = _LENGTH.search(held, 0, end)
            total = end + (int(found[1]) if found else 0)
            if len(held) < total:
                break
            self._take(self._transport, held.split(b" ", 2)[1].decode(), held[end:total])
            held = held[total:]
        self._held = held
