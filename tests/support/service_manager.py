"""A service manager's ear: the socket on which a service says: ready, at work, stopping."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Told = dict[str, str]


class Ear:
    """Hears what is told at one address; `heard` holds all of it, datagram by datagram."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.heard: list[Told] = []
        self._news = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1) if address[0] == "@" else address)

    @property
    def environment(self) -> dict[str, str]:
        """What a watching manager gives to whom it starts."""
        return {"NOTIFY_SOCKET": self.address, "WATCHDOG_USEC": "5000000"}

    def count(self, name: str) -> int:
        """How often this was told, such as WATCHDOG."""
        with self._news:
            return sum(name in told for told in self.heard)

    def wait_for(self, name: str, times: int = 1, timeout: float = 30) -> None:
        """Return once this has been told so often."""
        self.wait_until(lambda: self.count(name) >= times, f"{name} {times} times", timeout)

    def wait_until(self, check: Callable[[], bool], what: str, timeout: float = 30) -> None:
        with self._news:
            assert self._news.wait_for(check, timeout), f"not heard: {what}; but {self.heard[-9:]}"

    def is_silent_for(self, seconds: float) -> bool:
        """Whether nothing is told for so long."""
        with self._news:
            before = len(self.heard)
            return not self._news.wait_for(lambda: len(self.heard) > before, seconds)

    def listen(self) -> None:
        """Listen until the socket is closed."""
        while line := self._socket.recv(4_096).decode():
            told = dict(part.split("=", 1) for part in line.splitlines())
            with self._news:
                self.heard.append(told)
                self._news.notify_all()

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self._socket.getsockname())


@contextmanager
def listening_at(address: str | Path) -> Iterator[Ear]:
    """An ear at a path, or at an abstract address such as `@name`."""
    ear = Ear(str(address))
    thread = threading.Thread(target=ear.listen, daemon=True)
    thread.start()
    try:
        yield ear
    finally:
        ear.close()
        thread.join(timeout=10)
        ear._socket.close()
