"""SIGSTOP, as a paused machine: who wakes late must not overwrite what others did meanwhile."""

import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.faults.cluster import Cluster
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from troth.engine.deliver import LEASE
from troth.store.database import Database

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)
SCALE = size("stopped")


def test_a_worker_that_stood_still_overwrites_nothing(cluster: Cluster):
    cluster.sink.manners["kind"] = Manner(latency=0.4)
    # With silent partners, or the answer to what had arrived would take back what is sent again.
    with cluster.burst(SCALE, silent=True) as oracle:
        cluster.sink.wait_for(SCALE.nudges // 4, timeout=30)
        assert cluster.stop_while("worker-1", oracle, holds_locks=False)
        time.sleep(SCALE.lasts)
        cluster.deliver(oracle)
        done = oracle.snapshot()
        said = len(cluster.output("worker-1"))
        cluster.go_on("worker-1")
        cluster.wait_until(lambda: len(cluster.output("worker-1")) > said, lambda: "it to go on")
        cluster.terminate("worker-1")  # it ends what it has in hand, and tries to write it down
        # Where its leases were ended for it, it can't know that it is late, and may send once more.
        known = slice(None) if FULL else slice(2)
        assert oracle.snapshot()[known] == done[known]
        cluster.finish(oracle, "a worker stood still")
    assert len(oracle.arrivals()) <= SCALE.nudges + oracle.marked()


def test_a_clock_that_stood_still_makes_nothing_twice(cluster: Cluster):
    cluster.sink.manners["kind"] = Manner(latency=0.1)
    with cluster.burst(SCALE) as oracle:
        cluster.sink.wait_for(1, timeout=30)
        cluster.stop("clock-1")
        time.sleep(SCALE.lasts)
        cluster.deliver(oracle)
        cluster.settle(oracle)
        done = oracle.snapshot()
        cluster.go_on("clock-1")
        cluster.terminate("clock-1")
        assert oracle.snapshot() == done
        cluster.finish(oracle, "a clock stood still")
    assert oracle.marked() == 0


# Without a waking hand the main thread waits for ever in 9 of 10 cases: the kernel gives the signal
# to any thread that wakes, and Python runs its handler in the main one only, once that moves.
def test_a_worker_that_is_told_to_end_while_it_stands_still_ends_when_it_goes_on(cluster: Cluster):
    cluster.stop("worker-1")
    cluster.processes["worker-1"].send_signal(signal.SIGTERM)
    cluster.go_on("worker-1")
    assert cluster.processes.pop("worker-1").wait(timeout=20) == 0


def test_the_database_ends_a_transaction_whose_owner_stands_still(postgres_url: str):
    """Else its locks keep the others waiting: births of its couples, replies, settlements."""
    db = Database(postgres_url)
    with db.writing() as conn:
        setting = "SELECT setting::int FROM pg_settings WHERE name = :name"
        name = {"name": "idle_in_transaction_session_timeout"}
        patience = timedelta(milliseconds=conn.execute(text(setting), name).scalar_one())
    db.close()
    assert timedelta(0) < patience <= LEASE


if FULL:  # for it takes as long as the patience of the database

    def test_a_clock_that_stands_still_in_mid_transaction_stops_nobody(cluster: Cluster):
        with cluster.burst(size("killed")) as oracle:  # so long that it is caught in one
            assert cluster.stop_while("clock-1", oracle, holds_locks=True)
            cluster.patience = 2 * LEASE.total_seconds()
            cluster.finish(oracle, "a clock stood still in mid-transaction")
        cluster.kill("clock-1")
