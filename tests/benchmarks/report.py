"""Figures as tables, and how they stand beside what they are hoped to be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.result import Result


@dataclass(frozen=True)
class Goal:
    """A figure and what it should be: at least or at most `goal`."""

    name: str
    value: float
    goal: float
    at_least: bool

    @property
    def is_met(self) -> bool:
        """Whether the figure is on the right side."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "met": self.is_met}


LEAST_RATES = {"ceiling": 0.8, "celery": 6.0, "celery-plain": 60.0}
LEAST_RATE_TLS = 15.0  # times celery's, over HTTPS


def measured(medians: Mapping[str, Result], *, tls: bool) -> list[Goal]:
    """The goals of which both sides were measured."""
    troth = medians.get("troth")
    if troth is None:
        return []
    found = [Goal("worker memory, MB", troth.worker_mb, 250, at_least=False)]
    least = {**LEAST_RATES, "celery": LEAST_RATE_TLS} if tls else LEAST_RATES
    for other, goal in least.items():
        if other in medians and medians[other].timing.rate:
            rate = troth.timing.rate / medians[other].timing.rate
            found.append(Goal(f"nudges/s, troth / {other}", rate, goal, at_least=True))
    if "ceiling" in medians and medians["ceiling"].cpu:
        cpu = troth.cpu / medians["ceiling"].cpu
        found.append(Goal("CPU a nudge, troth / ceiling", cpu, 1.4, at_least=False))
    return found


COLUMNS: Sequence[tuple[str, Callable[[Result], str]]] = (
    ("", lambda r: r.name),
    ("nudges", lambda r: str(r.nudges)),
    ("arrived", lambda r: f"{r.timing.arrived:.0f}"),
    ("twice", lambda r: f"{r.timing.repeated:.0f}"),
    ("nudges/s", lambda r: f"{r.timing.rate:.0f}"),
    ("p50 s", lambda r: f"{r.timing.p50:.2f}"),
    ("p99 s", lambda r: f"{r.timing.p99:.2f}"),
    ("last s", lambda r: f"{r.timing.last:.2f}"),
    ("CPU ms", lambda r: _ms(r.cpu)),
    ("+PostgreSQL", lambda r: _ms(r.cpu_beside["postgresql"])),
    ("+Redis", lambda r: _ms(r.cpu_beside["redis"])),
    ("+sink", lambda r: _ms(r.cpu_beside["sink"])),
    ("worker MB", lambda r: f"{r.worker_mb:.0f}"),
    ("statements", lambda r: _or_dash(r.statements)),
    ("commits", lambda r: _or_dash(r.commits)),
)


def table(results: Sequence[Result]) -> str:
    """One line a contestant; CPU, statements and commits are a nudge's."""
    rows = [[title for title, _ in COLUMNS]]
    rows += [[show(result) for _, show in COLUMNS] for result in results]
    return lined_up(rows)


def goals(found: Sequence[Goal]) -> str:
    """One line a goal."""
    rows = [["", "measured", "goal", ""]]
    for goal in found:
        sign = ">=" if goal.at_least else "<="
        met = "met" if goal.is_met else "not met"
        rows.append([goal.name, f"{goal.value:.2f}", f"{sign} {goal.goal:g}", met])
    return lined_up(rows)


def lined_up(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text, each column as wide as its widest."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"


def _or_dash(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.2f}"
