"""What Troth counts for Prometheus: every metric once, and small functions that count.

No label names a couple, a partner or an address, and each has few values. Where a channel or a way
would tell who paused or stopped, `any` stands in its place.

A worker's process counts in a file that its supervisor reads; the others count in memory.
"""

import os
from collections import Counter as Numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    values,
)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where worker processes count; the library's own name
PLACE = "TROTH_METRICS_PLACE"  # which of a worker's processes this is: 0, 1, ...
ANY = "any"  # a label's value where its own is not to be told, or was not looked up
if FOLDER in os.environ and PLACE in os.environ:
    # A file each place, not each process id: who is started anew goes on counting in the file of
    # who died, so that files do not grow with deaths.
    values.ValueClass = values.MultiProcessValue(  # type: ignore[no-untyped-call]
        lambda: os.environ[PLACE]
    )
disable_created_metrics()  # type: ignore[no-untyped-call]

PING_OUTCOMES = ("heard", "refused", "failed")
MINUTE, HOUR, DAY = 60, 3_600, 86_400
REGISTRY = CollectorRegistry()

LATENESS = Histogram(
    "troth_nudge_lateness_seconds",
    "From when a nudge was due, quiet hours left out, until its provider accepted it.",
    buckets=(0.5, 1, 2, 5, 10, 20, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR),
    registry=REGISTRY,
)
NUDGES = Counter(
    "troth_nudges",
    "Nudges by the scheme of their channel and what came of them.",
    ["scheme", "outcome"],
    registry=REGISTRY,
)
IN_HAND = Gauge(
    "troth_sends_in_hand",
    "Places of workers that a send holds now.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
LEASES = Counter(
    "troth_leases_expired",
    "Claims that were never finished: in a worker's hands (sent again, marked), or never heard.",
    ["in_hand"],
    registry=REGISTRY,
)
for hands in ("yes", "no"):  # there from the start: a rate does not see how a series begins
    LEASES.labels(hands)
REPLIES = Counter(
    "troth_replies", "Replies by way in and verb.", ["way", "verb"], registry=REGISTRY
)
ACKNOWLEDGED = Histogram(
    "troth_acknowledgement_seconds",
    "From the moment of an occurrence until a partner said what became of it.",
    buckets=(
        *(10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE),
        *(HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, 2 * DAY, 7 * DAY),
    ),
    registry=REGISTRY,
)
SETTLEMENTS = Counter(
    "troth_settlements",
    "What occurrences settled to, and why where they are excused; open: opened again.",
    ["outcome", "reason"],
    registry=REGISTRY,
)
TICKS = Counter("troth_clock_ticks", "Looks of clocks at what is due.", registry=REGISTRY)
LAG = Histogram(
    "troth_clock_lag_seconds",
    "How late a clock's round began what was due first.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, MINUTE, 5 * MINUTE, HOUR),
    registry=REGISTRY,
)
DUTIES_FAILED = Counter(
    "troth_duties_failed", "Duties of a clock's rounds that failed.", registry=REGISTRY
)
PINGS = Counter(
    "troth_pings",
    "Pings of the watch elsewhere, and what became of them.",
    ["outcome"],
    registry=REGISTRY,
)
for became in PING_OUTCOMES:
    PINGS.labels(became)


@dataclass
class Workers:
    """How many processes deliver, and how many have died so far."""

    alive: int = 0
    deaths: int = 0


def told_sent(schemes: Iterable[str], lateness: Iterable[float]) -> None:
    """Count nudges that left, and how many seconds after they were wanted each did."""
    _told({(scheme, "sent"): number for scheme, number in Numbers(schemes).items()})
    for seconds in lateness:
        LATENESS.observe(max(0.0, seconds))


def told_unsent(outcomes: Iterable[tuple[str, str]]) -> None:
    """Count nudges that did not leave, or not yet, by (scheme, outcome)."""
    _told(Numbers(outcomes))


def _told(numbers: Mapping[tuple[str, str], int]) -> None:
    for (scheme, outcome), number in numbers.items():
        NUDGES.labels(scheme, outcome).inc(number)


def leases_expired(*, in_hand: int, unheard: int) -> None:
    """Count claims whose lease was over."""
    LEASES.labels("yes").inc(in_hand)
    LEASES.labels("no").inc(unheard)


def replied(way: str | None, verb: str) -> None:
    """Count a reply; no way where its verb is the partner's own business."""
    REPLIES.labels(way or ANY, verb).inc()


def acknowledged(seconds: float) -> None:
    """Count an acknowledgement so many seconds after its occurrence was due."""
    ACKNOWLEDGED.observe(max(0.0, seconds))


def settled(outcome: str, reason: str | None) -> None:
    """Count a settlement; the outcome is `open` where an occurrence was opened again."""
    SETTLEMENTS.labels(outcome, reason or "").inc()


def pinged(outcome: str) -> None:
    """Count a ping: the watch heard it, refused it, or could not be reached."""
    PINGS.labels(outcome).inc()
