"""The store moves: its primary is killed, and the standby on another host becomes the primary."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults.cluster import Cluster
from tests.faults.roles import IN_HAND
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from tests.support.replicated import Replicated
from tests.support.servers import Redis

pytestmark = pytest.mark.timeout(1_800 if FULL else 240)


class ReplicatedCluster(Cluster):
    roles = ("clock-1", "worker-1", "worker-2")


@pytest.fixture
def replicated() -> Iterator[Replicated]:
    with Replicated.running() as servers:
        yield servers


def test_a_burst_outlives_its_primary_and_goes_on_with_the_standby(
    replicated: Replicated, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory
):
    scale = size("failed over")
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("failover")
        cluster = ReplicatedCluster(stack, folder, replicated, redis_server)
        cluster.start_all()
        cluster.sink.manners["kind"] = Manner(latency=0.2)
        with cluster.burst(scale, silent=True) as oracle:
            cluster.sink.wait_for(scale.nudges // 4, timeout=30)
            assert not oracle.delivered(), "in mid-burst"
            replicated.fail_over()
            cluster.finish(oracle, "failed over")
        assert oracle.marked() <= 2 * IN_HAND
        listening = "query = 'LISTEN troth_wake'"
        cluster.wait_until(lambda: bool(cluster._connections(listening)), lambda: "a listener")
