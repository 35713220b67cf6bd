"""The store lost for a while: PostgreSQL restarts, or every connection to it breaks."""

import pytest

from tests.faults.cluster import Cluster, paced
from tests.faults.roles import IN_HAND
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)


def test_a_burst_outlives_restarts_of_the_database(cluster: Cluster):
    scale = size("postgresql restarted")
    cluster.sink.manners["kind"] = Manner(latency=0.2)
    with cluster.burst(scale) as oracle:
        for _ in paced(scale, oracle):
            cluster.postgresql.stop()
            cluster.postgresql.start()
        cluster.finish(oracle, "PostgreSQL restarted")
    assert oracle.marked() <= scale.faults * 2 * IN_HAND


def test_a_burst_outlives_the_end_of_every_connection(cluster: Cluster):
    scale = size("connections ended")
    cluster.sink.manners["kind"] = Manner(latency=0.2)
    with cluster.burst(scale) as oracle:
        for _ in paced(scale, oracle):
            cluster.end_connections()
        cluster.finish(oracle, "every connection ended")
    assert oracle.marked() <= scale.faults * 2 * IN_HAND
