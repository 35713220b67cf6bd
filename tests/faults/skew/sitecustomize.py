"""Makes `troth` read a wrong clock; Python runs it at its start where PYTHONPATH names the folder.

FAULTS_SKEW names a file that holds the seconds by which the clock is ahead. It is read anew at each
look at the clock, so that a test may let the clock jump under a running process; a child process
inherits it. Troth reads the time in one place only, so one place is enough.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from troth.clock import SystemClock

_FILE = Path(os.environ["FAULTS_SKEW"])


def _now(self: SystemClock) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(_FILE.read_text()))


SystemClock.now = _now  # type: ignore[method-assign] # what a wrong clock is
