"""Clocks that disagree: two machines some seconds apart, and a host whose clock jumps."""

from datetime import timedelta

import pytest

from tests.faults.cluster import Cluster
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size, tell

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)
AHEAD = 5.0  # seconds
HOUR = 3_600.0


def test_a_clock_that_is_five_seconds_ahead_doubles_nothing(cluster: Cluster):
    cluster.sink.manners["kind"] = Manner(latency=0.1)
    cluster.start("clock-3", skew=AHEAD)
    cluster.wait_for_start("clock-3")
    with cluster.burst(size("skewed"), after=timedelta(seconds=AHEAD - 1)) as oracle:
        cluster.finish(oracle, "a clock 5 s ahead")
    early = oracle.began + AHEAD - 1 - min(one.at for one in oracle.arrivals())
    tell(f"  the first left {early:.1f} s before the others' clocks had it due")
    cluster.terminate("clock-3")
    assert oracle.marked() == 0
    assert early <= AHEAD


if FULL:  # for every role has to start anew, twice

    def test_a_host_whose_clock_jumps_by_an_hour_and_back_loses_nothing(cluster: Cluster):
        """It ends an hour ahead: what was put off while it was ahead waits for that moment."""
        for role in list(cluster.processes):
            cluster.terminate(role)
        cluster.start_all(skew=0)
        cluster.sink.manners["kind"] = Manner(latency=0.2)
        with cluster.burst(size("jumping"), silent=True) as oracle:
            for skew in (HOUR, 0, -HOUR, 0, HOUR):
                cluster.sink.wait_for(len(cluster.sink.arrivals) + 100, timeout=3)
                cluster.jump(skew)
            cluster.finish(oracle, "the clock jumped")
        for role in list(cluster.processes):
            cluster.terminate(role)
