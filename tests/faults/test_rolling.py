"""A rolling restart under load: each role ends well, and starts anew, while the others go on."""

import pytest

from tests.faults.cluster import Cluster
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size, tell

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)
SCALE = size("rolling")
# A role takes seconds to start, so the short form restarts one of each kind.
IN_TURN = ("clock-1", "worker-1", "clock-2", "worker-2") if FULL else ("clock-1", "worker-1")


def test_a_rolling_restart_under_load_loses_doubles_and_repeats_nothing(cluster: Cluster):
    cluster.sink.manners["kind"] = Manner(latency=0.5)
    with cluster.burst(SCALE) as oracle:
        assert cluster.sink.wait_for(SCALE.nudges // 10, timeout=30)
        for role in IN_TURN:
            cluster.terminate(role)
            cluster.start(role)
            cluster.wait_for_start(role)
        cluster.sink.manners["kind"] = Manner(latency=0.05)
        tell(f"\n{len(oracle.arrivals())} of {SCALE.nudges} had arrived when the last was back")
        cluster.finish(oracle, "restarted one after another")
    assert oracle.marked() == 0
    assert len(oracle.arrivals()) == SCALE.nudges
