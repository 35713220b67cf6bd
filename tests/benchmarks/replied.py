"""What one door came to, and how Troth's stand beside the bare ones."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.measure import Cost
from tests.benchmarks.repliers import Run
from tests.benchmarks.report import lined_up


@dataclass(frozen=True)
class Replied:
    """Times are in seconds: `p50`, `p99` and `longest` from a request to its answer.

    `cpu` is that of the door's processes for each reply, `cpu_postgresql` its server's, where there
    is one; `peak_mb` the highest resident memory of any one process of the door's.
    """

    name: str
    store: str
    processes: int
    replies: int
    seconds: float
    rate: float
    p50: float
    p99: float
    longest: float
    cpu: float
    cpu_postgresql: float | None
    peak_mb: float


def replied(name: str, store: str, processes: int, run: Run, spent: tuple[Cost, Cost]) -> Replied:
    """The figures of a run, with what the door and PostgreSQL spent on it."""
    took, count = sorted(one.took for one in run.handed), len(run.handed)
    door, server = spent
    return Replied(
        name=name,
        store=store,
        processes=processes,
        replies=count,
        seconds=run.seconds,
        rate=count / run.seconds,
        p50=took[count // 2],
        p99=took[min(count - 1, math.ceil(count * 0.99) - 1)],
        longest=took[-1],
        cpu=door.cpu / count,
        cpu_postgresql=server.cpu / count if store == "postgresql" else None,
        peak_mb=door.peak_mb,
    )


def ratios(found: Sequence[Replied]) -> dict[str, float]:
    """Each of Troth's doors beside the bare one over the same store, by what is compared."""
    bare = {one.store: one for one in found if one.name.startswith("bare")}
    ratio = {}
    for one in found:
        other = bare.get(one.store)
        if other is None or other is one:
            continue
        beside = f"{one.name} / {other.name}"
        ratio[f"replies/s, {beside}"] = one.rate / other.rate
        ratio[f"p50, {beside}"] = one.p50 / other.p50
        ratio[f"p99, {beside}"] = one.p99 / other.p99
    return ratio


def table(found: Sequence[Replied]) -> str:
    """One line a door; times and CPU in milliseconds."""
    title = ["", "processes", "replies", "replies/s", "p50 ms", "p99 ms", "longest ms", "CPU ms"]
    rows = [[*title, "+PostgreSQL", "MB"]]
    for one in found:
        times = (one.p50, one.p99, one.longest, one.cpu, one.cpu_postgresql)
        shown = [_ms(seconds) for seconds in times]
        counted = [str(one.processes), str(one.replies), f"{one.rate:.0f}"]
        rows.append([one.name, *counted, *shown, f"{one.peak_mb:.0f}"])
    return lined_up(rows)


def ratio_table(ratio: Mapping[str, float]) -> str:
    """One line a ratio, of which there is at least one."""
    return lined_up([[name, f"{value:.2f}"] for name, value in ratio.items()])


def data(found: Sequence[Replied]) -> dict[str, Any]:
    """As JSON."""
    return {"doors": [asdict(one) for one in found], "ratios": ratios(found)}


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1e3:.2f}"
