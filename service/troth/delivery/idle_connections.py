"""The connections that nobody uses at the moment: how long they are kept, and how many."""

import queue
import threading
import time
from collections import deque
from contextlib import suppress
from weakref import WeakSet

from urllib3.connection import HTTPConnection

KEPT_SECONDS = 15.0  # servers close idle connections after 5 to 75 s: the less, the rarer the race


class Idle:
    """The idle connections to one host: the newest is used first, the old ones are closed.

    A stack without locks and without room made beforehand: with urllib3's own queue a pool for a
    thousand connections costs a millisecond before its first one.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._stack: deque[tuple[float, HTTPConnection]] = deque()
        _broom.add(self)

    def put(self, connection: HTTPConnection | None, block: bool = False) -> None:  # noqa: ARG002 - queue's
        """Keep a connection, or close it when there are enough."""
        if connection is None or connection.is_closed:
            return
        now = time.monotonic()
        if len(self._stack) >= self._room:
            connection.close()
        else:
            self._stack.append((now, connection))
        self.close_old(now)

    def get(self, block: bool = False, timeout: float | None = None) -> HTTPConnection:  # noqa: ARG002 - queue's
        """Return the newest one, or raise queue.Empty."""
        while True:
            try:
                since, connection = self._stack.pop()
            except IndexError:
                raise queue.Empty from None
            if time.monotonic() - since < KEPT_SECONDS:
                return connection
            connection.close()

    def qsize(self) -> int:
        """Return how many there are."""
        return len(self._stack)

    def close_old(self, now: float) -> None:
        """Close those that nobody has used for long."""
        with suppress(IndexError):  # another thread may take the last one meanwhile
            while now - self._stack[0][0] >= KEPT_SECONDS:
                self._stack.popleft()[1].close()


class _Broom:
    """Closes idle connections of all hosts now and then: whoever sends next gives the occasion."""

    def __init__(self) -> None:
        self._all: WeakSet[Idle] = WeakSet()
        self._lock = threading.Lock()
        self._due = 0.0

    def add(self, idle: Idle) -> None:
        """Sweep this one, too, as long as its pool lives."""
        with self._lock:
            self._all.add(idle)

    def sweep(self) -> None:
        """Close what is old, if the last time was long ago."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + KEPT_SECONDS / 3
        with self._lock:
            every = list(self._all)
        for idle in every:
            idle.close_old(now)


_broom = _Broom()


def close_idle() -> None:
    """Close the connections that nobody has used for long."""
    _broom.sweep()
