"""What one scrape answers: what this process counts, what waits in the store and on the doorbell.

The store is asked anew each time, by look-ups in indexes of what is still to be done, and never for
longer than a scrape can wait: a database that does not answer is told as down.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic

import structlog
from prometheus_client import Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from troth.asking import Answer, Asking
from troth.clock import Clock
from troth.store.database import Database
from troth.store.workload import Workload, read_workload
from troth.telemetry.metrics import REGISTRY, Workers

log = structlog.get_logger()

PATIENCE = 3.0  # seconds for one answer: Prometheus waits ten for all of them


class Patient(Generic[Answer]):
    """Asks something that may hang, and waits only so long; see Asking."""

    def __init__(self, ask: Callable[[], Answer], patience: float = PATIENCE) -> None:
        self._asking = Asking(ask)
        self._patience = patience

    def ask(self) -> tuple[Answer | None, float]:
        """Return the answer, or None where none came; and how many seconds that took."""
        began = time.monotonic()
        answer = None
        try:
            answer = self._asking.begun().result(self._patience)
        except Exception as error:  # noqa: BLE001 - whatever it is, there is no answer
            log.warning("scrape.unanswered", error=type(error).__name__)
        return answer, time.monotonic() - began


class Scrape(Collector):
    """All that one process can tell; of a doorbell and workers only where it has them."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        counted: Collector,
        key_fits: Callable[[], bool],
        unheard: Callable[[], int] | None = None,
        workers: Workers | None = None,
    ) -> None:
        self._clock = clock
        self._counted = counted
        self._workers = workers
        self._workload: Patient[Workload] = Patient(lambda: read_workload(db, clock.now()))
        self._key_fits = Patient(key_fits)
        self._doorbell = Patient(unheard) if unheard else None

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self)

    def collect(self) -> Iterator[Metric]:
        """Give every metric, as prometheus_client asks for them."""
        yield from self._counted.collect()
        workload, seconds = self._workload.ask()
        told = "Whether the database answered this scrape."
        yield _gauge("database_up", told, workload is not None)
        yield _gauge("database_answer_seconds", "How long it took to, or was waited for.", seconds)
        if workload is not None:
            yield from _waiting(workload, self._clock.now())
            fits, _ = self._key_fits.ask()
            if fits is not None:
                yield _gauge("key_fits", "Whether the key opens what the store holds.", fits)
        if self._doorbell is not None:
            messages, _ = self._doorbell.ask()
            told = "Whether the broker answered this scrape."
            yield _gauge("broker_up", told, messages is not None)
            if messages is not None:
                yield _gauge("doorbell_messages", "Messages that no worker has taken.", messages)
        if self._workers is not None:
            yield from _delivering(self._workers)


def in_memory() -> Collector:
    """Return what this process counts, and what it uses of its machine."""
    return _Joined((REGISTRY, ProcessCollector(registry=None)))


def in_files(folder: Path) -> Collector:
    """Return what the processes count that count in this folder."""
    return MultiProcessCollector(None, path=str(folder))  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class _Joined(Collector):
    parts: tuple[Collector, ...]

    def collect(self) -> Iterator[Metric]:
        """Give the metrics of each part."""
        for part in self.parts:
            yield from part.collect()


def _waiting(workload: Workload, now: datetime) -> Iterator[Metric]:
    yield _gauge("nudges_due", "Nudges whose moment has come, not claimed yet.", workload.due)
    yield _gauge("nudges_rung", "Claimed nudges that no worker has in hand yet.", workload.rung)
    yield _gauge("nudges_in_hand", "Nudges that workers have in hand.", workload.in_hand)
    overdue = GaugeMetricFamily(
        "troth_overdue_seconds",
        "For how long the first of these has been due: a ritual to be planned, a nudge to be "
        "claimed, a lease to be ended, an occurrence to be announced, reminded of or settled, a "
        "review, an occasion to be opened.",
        labels=["what"],
    )
    for what, first in workload.firsts.items():
        late = (now - first).total_seconds() if first else 0.0
        overdue.add_metric([what], max(0.0, late))
    yield overdue


def _delivering(workers: Workers) -> Iterator[Metric]:
    yield _gauge("worker_processes", "Processes that deliver.", workers.alive)
    told = "Processes of this worker that died."
    yield CounterMetricFamily("troth_worker_deaths", told, value=workers.deaths)


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"troth_{name}", told, value=float(value))
