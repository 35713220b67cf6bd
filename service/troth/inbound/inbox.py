"""The inbox: every listener that the settings open, each in a thread of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from troth.domain.incoming import Incoming
from troth.inbound.listener import Listener
from troth.store.away import is_away, is_passing

log = structlog.get_logger()

JOIN_SECONDS = 20.0  # for a listener to leave what it is waiting for
Hear = Callable[[Incoming], object]


class Inbox:
    """Listeners over one door."""

    def __init__(self, listeners: Sequence[Listener], hear: Hear) -> None:
        self.listeners = listeners
        self._hear = hear

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen meanwhile; at the end, wait until each has taken what it had in hand."""
        stopping = threading.Event()
        threads = [self._thread(listener, stopping) for listener in self.listeners]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopping.set()
            for thread in threads:
                thread.join(JOIN_SECONDS)

    def _thread(self, listener: Listener, stopping: threading.Event) -> threading.Thread:
        return threading.Thread(
            target=listener.run, args=(self._take, stopping), name=listener.name, daemon=True
        )

    def _take(self, incoming: Incoming) -> None:
        """Take a message; raise only while the store is away, for then it is to come again."""
        try:
            self._hear(incoming)
        except Exception as error:
            if is_away(error) or is_passing(error):
                raise
            log.exception("message.set_aside", way=incoming.way)
