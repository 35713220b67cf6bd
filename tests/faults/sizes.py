"""How big each scenario is: short within every test run, full by `make faults`.

The short forms end leases and waits in the store; the full ones let them run out by themselves, so
that nothing but the faults is made by the harness.
"""

import os
from dataclasses import dataclass

FULL = os.environ.get("TROTH_FAULTS") == "full"


@dataclass(frozen=True)
class Size:
    """Of one scenario: couples, rituals of each that fall due at once, how often the fault comes.

    `lasts` is how long the fault holds, in seconds; `apart` how long from one to the next at most,
    for it comes sooner where its share of the burst has arrived.
    """

    couples: int
    rituals: int
    faults: int = 1
    lasts: float = 0
    apart: float = 0

    @property
    def nudges(self) -> int:
        return 2 * self.couples * self.rituals


# Of each scenario the short form, then the full one.
_SIZES = {
    "killed": (Size(15, 5, faults=3, apart=10), Size(500, 5, faults=90, apart=1)),
    "stopped": (Size(10, 5), Size(100, 5, lasts=60)),
    "redis flushed": (Size(10, 5, faults=2, apart=5), Size(250, 5, faults=20, apart=1)),
    "redis gone": (Size(10, 5, lasts=2), Size(250, 5, lasts=60)),
    "primary killed": (Size(20, 5), Size(250, 5)),
    "rabbitmq killed": (Size(20, 5), Size(250, 5)),
    "pooled": (Size(10, 5), Size(250, 5)),
    "postgresql restarted": (Size(10, 5, faults=1, apart=5), Size(250, 5, faults=5, apart=5)),
    "connections ended": (Size(10, 5, faults=3, apart=5), Size(250, 5, faults=20, apart=1)),
    "failed over": (Size(20, 5), Size(250, 5)),
    "cut": (Size(10, 3), Size(250, 5)),
    "providers": (Size(8, 2), Size(80, 5)),
    "skewed": (Size(10, 5), Size(250, 5)),
    "jumping": (Size(4, 3), Size(100, 5)),
    "outage": (Size(6, 5), Size(250, 5)),
    "restored": (Size(6, 5), Size(250, 5)),
    "upgraded": (Size(12, 3), Size(250, 3)),
    "rolling": (Size(12, 5), Size(500, 5)),
    "disk full": (Size(6, 5), Size(50, 5)),
}


def size(scenario: str) -> Size:
    """How big a scenario is this time."""
    short, full = _SIZES[scenario]
    return full if FULL else short


def tell(text: str) -> None:
    """Print what was counted, or how far it is: `make faults` shows it."""
    print(text, flush=True)  # noqa: T201 - who waits for minutes wants to see something
