"""Waiting for what happens in another thread or process, and not for longer than it may take."""

import time
from collections.abc import Callable


def until(check: Callable[[], bool], seconds: float) -> None:
    """Return as soon as `check` holds; fail where it does not within so many seconds."""
    ends = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < ends
        time.sleep(0.01)
