"""A carrier of text messages with all its phones: the far end of the SMPP 3.4 that gateways speak.

The gateway logs in here, as it does at a real carrier. What it sends is joined from its parts and
kept as its phone would show it; what a phone writes is handed to the gateway.
"""

import itertools
import queue
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

PATIENCE = 20.0  # seconds
OURS = "12345"  # the number that phones write to
_SUBMIT, _DELIVER, _UNBIND, _BIND, _ENQUIRE = 0x04, 0x05, 0x06, 0x09, 0x15
_ANSWER = 0x80000000
_ABROAD, _ISDN = 1, 1  # a number with country code, of the telephone net
_HAS_HEAD, _UCS2 = 0x40, 8
_IN_PARTS = 0


@dataclass(frozen=True)
class Text:
    """A message as its phone shows it."""

    to: str
    said: str


class Carrier:
    """One carrier, for one gateway at a time."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.is_bound = threading.Event()
        self._gateway: socket.socket | None = None
        self._numbers = itertools.count(1)
        self._parts: dict[tuple[str, int], dict[int, bytes]] = {}
        self._texts: queue.Queue[Text] = queue.Queue()
        self._taken: queue.Queue[int] = queue.Queue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def next(self) -> Text:
        """The message that comes next to any phone."""
        return self._texts.get(timeout=PATIENCE)

    def write(self, sender: str, said: str) -> None:
        """Let a phone write; return once the gateway has taken it."""
        coding, raw = (0, said.encode()) if said.isascii() else (_UCS2, said.encode("utf-16-be"))
        number = sender.removeprefix("+").encode()
        assert len(raw) <= 140, "that is no single message"
        body = b"\0" + struct.pack("BB", _ABROAD, _ISDN) + number + b"\0\0\0" + OURS.encode()
        body += b"\0" + bytes(5) + struct.pack("BBBBB", 0, 0, coding, 0, len(raw)) + raw
        assert self._gateway is not None
        self._gateway.sendall(_pdu(_DELIVER, next(self._numbers), body))
        assert self._taken.get(timeout=PATIENCE) == 0

    def close(self) -> None:
        for one in (self._listening, self._gateway):
            if one is not None:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                self._gateway, _ = self._listening.accept()
                with self._gateway, suppress(EOFError):
                    while True:
                        self._answer(*_read(self._gateway))
                self.is_bound.clear()

    def _answer(self, command: int, status: int, number: int, body: bytes) -> None:
        assert self._gateway is not None
        said = b""
        if command == _DELIVER | _ANSWER:
            self._taken.put(status)
            return
        if command == _SUBMIT:
            self._take(body)
            said = b"%x\0" % number
        elif command == _BIND:
            said = b"carrier\0"
        elif command not in (_ENQUIRE, _UNBIND):
            return
        self._gateway.sendall(_pdu(command | _ANSWER, number, said))
        if command == _BIND:
            self.is_bound.set()

    def _take(self, body: bytes) -> None:
        to, head, coding, raw = _message(body)
        key, total, place = (to, -1), 1, 1
        if head[:1] == bytes([_IN_PARTS]):
            key, total, place = (to, head[2]), head[3], head[4]
        parts = self._parts.setdefault(key, {})
        parts[place] = raw
        if len(parts) < total:
            return
        del self._parts[key]
        whole = b"".join(parts[one] for one in range(1, total + 1))
        self._texts.put(Text(to, whole.decode("utf-16-be" if coding == _UCS2 else "ascii")))


def _pdu(command: int, number: int, body: bytes) -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, 0, number) + body


def _read(gateway: socket.socket) -> tuple[int, int, int, bytes]:
    length, command, status, number = struct.unpack(">IIII", _exactly(gateway, 16))
    return command, status, number, _exactly(gateway, length - 16)


def _exactly(gateway: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = gateway.recv(count - len(found))
        if not more:
            raise EOFError
        found += more
    return found


def _message(body: bytes) -> tuple[str, bytes, int, bytes]:
    """To whom a message goes, its head without the length, its coding and its text."""
    _, rest = body.split(b"\0", 1)  # the service
    _, rest = rest[2:].split(b"\0", 1)  # from
    ton, (to, rest) = rest[0], rest[2:].split(b"\0", 1)
    kind, (_, rest) = rest[0], rest[3:].split(b"\0", 1)  # not before
    _, rest = rest.split(b"\0", 1)  # not after
    coding, length = rest[2], rest[4]
    raw = rest[5 : 5 + length]
    cut = 1 + raw[0] if kind & _HAS_HEAD else 0
    plus = "+" if ton == _ABROAD else ""
    return plus + to.decode(), raw[1:cut], coding, raw[cut:]


@contextmanager
def carrying() -> Iterator[Carrier]:
    """A carrier for the time of a `with` block."""
    carrier = Carrier()
    try:
        yield carrier
    finally:
        carrier.close()
