"""What a process tree costs, read from /proc, and what arrivals say."""

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.wire import Arrival

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """CPU seconds so far, and the highest resident memory in MB of any one process."""

    cpu: float = 0.0
    peak_mb: float = 0.0

    def since(self, before: "Cost") -> "Cost":
        """What was spent since an earlier look; a peak is a peak of the whole life."""
        return Cost(self.cpu - before.cpu, self.peak_mb)

    def later(self, before: "Cost", after: "Cost") -> "Cost":
        """This with all that was spent between two looks."""
        return Cost(self.cpu + after.cpu - before.cpu, self.peak_mb)


def cost(pids: Iterable[int]) -> Cost:
    """The cost of these processes with all their children, those that ended included.

    A process that ended counts with the parent that waited for it (cutime, cstime).
    """
    spent = [(_cpu(pid), _peak_mb(pid)) for pid in trees(pids)]
    return Cost(sum(cpu for cpu, _ in spent), max((peak for _, peak in spent), default=0.0))


def trees(roots: Iterable[int]) -> set[int]:
    """These processes and their descendants. Not every kernel lists children, so parents are."""
    parents = {int(file.name): _parent(int(file.name)) for file in Path("/proc").glob("[0-9]*")}
    found = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    return sum(int(field) for field in fields[11:15]) / TICKS  # utime stime cutime cstime


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on: the second may hold blanks."""
    return _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()


def _peak_mb(pid: int) -> float:
    status = _read(Path(f"/proc/{pid}/status"))
    kb = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kb[0]) / 1024 if kb else 0.0


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ended between two looks
        return ""


@dataclass(frozen=True)
class Timing:
    """How late nudges came, in seconds after the moment they were due, and at what rate.

    `repeated` are arrivals of a nudge that had come before.
    """

    arrived: int
    repeated: int
    p50: float
    p99: float
    last: float
    rate: float


def timing(arrivals: Sequence[Arrival], due: float) -> Timing:
    """What the sink's record says about a burst that was due at `due` (Unix seconds)."""
    late = sorted(arrival.at - due for arrival in arrivals)
    if not late:
        return Timing(0, 0, math.nan, math.nan, math.nan, 0.0)
    distinct = len({arrival.token for arrival in arrivals})
    last = late[-1]
    return Timing(
        arrived=distinct,
        repeated=len(late) - distinct,
        p50=late[len(late) // 2],
        p99=late[min(len(late) - 1, math.ceil(len(late) * 0.99) - 1)],
        last=last,
        rate=distinct / last if last > 0 else 0.0,
    )
