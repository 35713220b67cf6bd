"""The doorbell moves: the primary of a Redis is killed, and its sentinels make another one.

All of it speaks TLS, as it would where there is a network between them.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from tests.support.authority import Authority
from tests.support.papers import Papers
from tests.support.sentinels import Watched
from troth.broker.limits import ProviderLimits
from troth.clock import SystemClock
from troth.settings import ProviderLimit

pytestmark = pytest.mark.timeout(1_800 if FULL else 240)


class WatchedCluster(Cluster):
    roles = ("clock-1", "worker-1", "worker-2")

    def surroundings(self, stack: ExitStack, url: str) -> Mapping[str, str]:  # noqa: ARG002
        self.redises = Watched(stack, Papers.of(Authority(self.folder)))
        return {"TROTH_REDIS_URL": self.redises.url}


def test_a_burst_outlives_its_primary_and_so_do_limits(tmp_path: Path):
    scale = size("primary killed")
    with ExitStack() as stack:
        cluster = WatchedCluster(stack, tmp_path)
        url = cluster.redises.url
        limits = ProviderLimits({"json": ProviderLimit(at_once=2)}, url, SystemClock())
        held = limits.permit("json")
        assert held is not None
        cluster.start_all()
        cluster.sink.manners["kind"] = Manner(latency=0.2)
        with cluster.burst(scale, silent=True) as oracle:
            cluster.sink.wait_for(scale.nudges // 4, timeout=30)
            killed = cluster.redises.kill_primary()
            assert limits.permit("json") is None, "what can't be counted is not permitted"
            held.close()
            cluster.wait_until(lambda: cluster.redises.primary() != killed, lambda: "a failover")
            cluster.finish(oracle, "the primary killed")
        assert oracle.marked() == 0
        # Nobody heard that the place was given back, so it is still taken; the other is free.
        permit = limits.permit("json")
        assert permit is not None
        with permit:
            assert limits.permit("json") is None
