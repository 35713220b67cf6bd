"""The recorder of one worker: writes results as fast as the store takes them, never slower.

While one transaction runs, the results that come in wait for the next one, and all go into it. No
result waits for company, so the time in which a crash would repeat its send is never more than one
transaction longer than if each were written alone.
"""

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from troth.engine.results import Result
from troth.store.away import is_away, is_passing

log = structlog.get_logger()

MOST = 500  # results in one transaction
PAUSE = 0.5  # seconds between tries while the store is away
HOLD = 90.0  # seconds for which results are kept while it is: their leases end soon after

Write = Callable[[Sequence[Result]], None]
Written = Callable[[], None]
Handed = tuple[Result, Written]


class Recorder:
    """Takes results from any number of sends; writes them in a thread of its own."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[Handed] = []
        self._news = threading.Condition()
        self._closing, self._ends = False, float("inf")
        self._thread: threading.Thread | None = None  # from the first result on

    def put(self, result: Result, written: Written) -> None:
        """Hand in one result; `written` is called once it is in the store, or given up."""
        with self._news:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="recorder", daemon=True)
                thread.start()
                self._thread = thread
            self._waiting.append((result, written))
            self._news.notify_all()

    def close(self) -> None:
        """Write what is left and end; where the store is away, in as long as results are kept."""
        with self._news:
            self._closing, self._ends = True, time.monotonic() + HOLD
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            self._write_all([result for result, _ in batch], time.monotonic() + HOLD)
            for _, written in batch:
                written()

    def _next(self) -> list[Handed]:
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._closing)
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            return batch

    def _write_all(self, batch: Sequence[Result], ends: float) -> None:
        """Write a batch; where one result can't be written, the others are, each alone."""
        try:
            self._write_patiently(batch, ends)
        except Exception as error:
            if is_away(error) or len(batch) == 1:
                numbers = [f"n{result.parcel.nudge.id}" for result in batch]
                log.exception("nudges.unrecorded", nudges=numbers)  # their leases end
                return
            for result in batch:
                self._write_all([result], ends)

    def _write_patiently(self, batch: Sequence[Result], ends: float) -> None:
        """Write, and try again while the store is away: what has left must not leave again."""
        while True:
            try:
                self._write(batch)
            except Exception as error:
                is_over = time.monotonic() > min(ends, self._ends)
                if is_over or not (is_away(error) or is_passing(error)):
                    raise
                log.warning("store.away", waiting=len(batch), error=type(error).__name__)
                time.sleep(PAUSE)
            else:
                return
