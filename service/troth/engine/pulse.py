"""The pulse of a clock: how long ago its rounds last went well."""

import time


class Pulse:
    """Beats with each round that went well. Hours by which the machine's clock jumps are none."""

    def __init__(self) -> None:
        self.beats = 0
        self._last = time.monotonic()

    def beat(self) -> None:
        """Say that a round went well just now."""
        self.beats += 1
        self._last = time.monotonic()

    def still_for(self) -> float:
        """Return for how many seconds it has not beaten."""
        return time.monotonic() - self._last
