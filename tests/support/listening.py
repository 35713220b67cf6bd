"""A listener at work in a thread of its own, with a door that may have trouble at first."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from troth.domain.incoming import Incoming
from troth.inbound.listener import Listener

PATIENCE = 30.0  # seconds


class Notebook:
    """A memory that outlives a listener."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.was_set = threading.Event()

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def set(self, key: str, value: str) -> None:
        self.kept[key] = value
        self.was_set.set()


class Listening:
    """A running listener. Its door takes nothing while it is `shut`."""

    def __init__(self, listener: Listener, *, is_shut: bool = False) -> None:
        self.shut = threading.Event()
        if is_shut:
            self.shut.set()
        self.refused = threading.Semaphore(0)
        self.untaken: queue.SimpleQueue[Incoming] = queue.SimpleQueue()
        self._taken: queue.Queue[Incoming] = queue.Queue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=listener.run, args=(self._take, self._stopping))
        self._thread.start()

    def next(self) -> Incoming:
        """What is taken next."""
        return self._taken.get(timeout=PATIENCE)

    def taken(self) -> list[Incoming]:
        """All that was taken and not looked at."""
        return [self._taken.get_nowait() for _ in range(self._taken.qsize())]

    def stop_soon(self) -> None:
        """Tell it to stop and do not wait."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop it; it has to end soon."""
        self._stopping.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _take(self, incoming: Incoming) -> None:
        if self.shut.is_set():
            self.untaken.put(incoming)
            self.refused.release()
            raise OSError("the store is away")
        self._taken.put(incoming)


@contextmanager
def listening(listener: Listener, *, is_shut: bool = False) -> Iterator[Listening]:
    """A listener for the time of a `with` block."""
    running = Listening(listener, is_shut=is_shut)
    try:
        yield running
    finally:
        running.stop()
