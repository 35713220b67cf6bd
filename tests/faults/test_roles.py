"""The roles as real processes, unhurt but for one: two clocks, two workers, one store, one bell."""

from tests.faults.cluster import Cluster
from tests.faults.roles import IN_HAND
from tests.faults.sink import Manner
from tests.faults.sizes import Size

SCALE = Size(8, 5)


def test_two_clocks_and_two_workers_send_each_nudge_once_and_stop_politely(cluster: Cluster):
    with cluster.burst(SCALE) as oracle:
        cluster.finish(oracle, "unhurt")
    assert oracle.marked() == 0
    assert len(oracle.arrivals()) == SCALE.nudges
    for role in ("clock-2", "worker-2"):
        cluster.terminate(role)


def test_a_worker_killed_in_mid_send_loses_nothing_and_marks_what_may_repeat(cluster: Cluster):
    cluster.sink.manners["kind"] = Manner(latency=0.3)
    with cluster.burst(SCALE, silent=True) as oracle:
        cluster.sink.wait_for(SCALE.nudges // 4, timeout=30)
        cluster.kill("worker-1")  # which may have had nothing in hand: the other takes as it can
        cluster.finish(oracle, "a worker killed")
    assert oracle.marked() <= IN_HAND
    assert len(oracle.arrivals()) <= SCALE.nudges + oracle.marked()
