"""SIGTERM and SIGINT: a wish to end well."""

import signal
import threading
from types import FrameType


def stop_signal() -> threading.Event:
    """Return an event that either signal sets."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping
