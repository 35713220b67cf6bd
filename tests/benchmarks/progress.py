"""Long work shows on stderr where it stands; stdout is for the figures."""

import sys
import time

_BEGAN = time.monotonic()


def progress(what: str) -> None:
    """Say what is done now."""
    print(f"[{time.monotonic() - _BEGAN:6.1f} s] {what}", file=sys.stderr, flush=True)  # noqa: T201
