"""What backups and restores came to, beside the databases' own, and beside smaller stores."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.report import Goal, lined_up

TROTH = "troth"
MOST_GROWTH = 1.2  # of memory, from the smallest store to the largest


@dataclass(frozen=True)
class Archived:
    """One act upon one store. `file_bytes` are those of what was written or read.

    `peak_mb` is the highest resident memory of the process; None where it is a program of others.
    """

    store: str
    couples: int
    rows: int
    act: str
    by: str
    seconds: float
    file_bytes: int
    peak_mb: float | None

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "rate": self.rate}


def ratios(found: Sequence[Archived]) -> dict[str, float]:
    """Troth beside the database's own, act by act, by what is compared."""
    own = {(one.store, one.couples, one.act): one for one in found if one.by != TROTH}
    ratio = {}
    for one in _of_troth(found):
        if other := own.get((one.store, one.couples, one.act)):
            beside = f"{one.act}, {one.couples} couples, {one.by} / {other.by}"
            ratio[f"seconds, {beside}"] = one.seconds / other.seconds
            if one.act == "backup":
                ratio[f"bytes, {beside}"] = one.file_bytes / other.file_bytes
    return ratio


def goals(found: Sequence[Archived]) -> list[Goal]:
    """Memory must not grow with the store: that of the largest beside that of the smallest."""
    few, many = (pick(one.couples for one in found) for pick in (min, max))
    if few == many:
        return []
    peaks = {(one.store, one.act, one.couples): one.peak_mb for one in _of_troth(found)}
    return [
        Goal(f"memory, {store}, {act}, {many} / {few}", peak / least, MOST_GROWTH, at_least=False)
        for (store, act, couples), peak in peaks.items()
        if couples == many and peak and (least := peaks[store, act, few])
    ]


def table(found: Sequence[Archived]) -> str:
    """One line an act."""
    rows = [["", "store", "couples", "rows", "by", "seconds", "rows/s", "file MB", "peak MB"]]
    for one in found:
        counted = [one.act, one.store, str(one.couples), str(one.rows), one.by]
        peak = "-" if one.peak_mb is None else f"{one.peak_mb:.0f}"
        megabytes = f"{one.file_bytes / 2**20:.1f}"
        rows.append([*counted, f"{one.seconds:.2f}", f"{one.rate:.0f}", megabytes, peak])
    return lined_up(rows)


def ratio_table(ratio: Mapping[str, float]) -> str:
    """One line a ratio, of which there is at least one."""
    return lined_up([[name, f"{value:.2f}"] for name, value in ratio.items()])


def _of_troth(found: Sequence[Archived]) -> Iterator[Archived]:
    return (one for one in found if one.by == TROTH)
