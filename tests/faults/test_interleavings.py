"""Claim, send, crash, retry, reply, settle and sweep, in every order that chance thinks of.

`TROTH_FAULTS=full` looks for new orders, many times as many; else the same ones come each time.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.couples import read_files
from tests.faults.interleavings import Interleavings
from tests.faults.world import World
from troth.store.database import Database

FULL = os.environ.get("TROTH_FAULTS") == "full"
SHRINK = bool(os.environ.get("TROTH_SHRINK"))
EXAMPLES = int(os.environ.get("TROTH_EXAMPLES", "400")) if FULL else 8
HOW = settings(
    max_examples=EXAMPLES,
    stateful_step_count=60 if FULL else 30,
    deadline=None,
    derandomize=not FULL,
    print_blob=True,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if SHRINK else [])],
    suppress_health_check=list(HealthCheck),
)


# By a thread: Hypothesis would take the alarm of a signal for an example's failure, and begin anew.
@pytest.mark.timeout(3_600 if FULL else 300, method="thread")
def test_no_order_of_steps_loses_or_doubles_or_delays_a_nudge(store_url: str, tmp_path: Path):
    db = Database(store_url)
    world = World(db, read_files(tmp_path))

    class Played(Interleavings):
        pass

    Played.world = world
    try:
        run_state_machine_as_test(Played, settings=HOW)
    finally:
        db.close()
