"""What one run of one contestant came to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

from tests.benchmarks.measure import Cost, Timing
from tests.benchmarks.servers import Traffic


@dataclass(frozen=True)
class Result:
    """CPU is in seconds a nudge; `cpu` is that of the Python processes which do the work.

    `peaks` is the highest resident memory of any one process, in MB, by role.
    """

    name: str
    nudges: int
    timing: Timing
    cpu: float
    cpu_by_role: Mapping[str, float]
    cpu_beside: Mapping[str, float]
    peaks: Mapping[str, float]
    statements: float | None = None
    commits: float | None = None

    @property
    def worker_mb(self) -> float:
        """The largest process that sends."""
        return max((mb for role, mb in self.peaks.items() if role.startswith("worker")), default=0)

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "worker_mb": self.worker_mb}


def per_nudge(nudges: int, before: Traffic | None, after: Traffic | None) -> dict[str, float]:
    """The traffic of one run for each nudge, where it was counted."""
    if before is None or after is None:
        return {}
    return {
        "statements": (after.statements - before.statements) / nudges,
        "commits": (after.commits - before.commits) / nudges,
    }


def spent(costs: Iterable[Cost], nudges: int) -> float:
    """CPU seconds a nudge of all these together."""
    return sum(cost.cpu for cost in costs) / nudges


def middle(results: Sequence[Result]) -> Result:
    """The medians of several runs, figure by figure; of the peaks the highest."""
    first = results[0]
    timings = [asdict(result.timing) for result in results]
    return replace(
        first,
        timing=Timing(**{key: median(timing[key] for timing in timings) for key in timings[0]}),
        cpu=median(result.cpu for result in results),
        cpu_beside={
            part: median(result.cpu_beside[part] for result in results) for part in first.cpu_beside
        },
        peaks={part: max(result.peaks[part] for result in results) for part in first.peaks},
        statements=_median([result.statements for result in results]),
        commits=_median([result.commits for result in results]),
    )


def _median(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return median(known) if known else None
