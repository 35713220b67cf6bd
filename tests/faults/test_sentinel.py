"""The doorbell moves: the primary of a Redis is killed, and its sentinels make another one.

All of it speaks TLS, as it would where there is a network between them.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from tests.support.authority import Authority
from tests.support.papers import Papers
from tests.support.sentinels import RedisWithSentinels
from troth.broker.provider_limits import ProviderLimits
from troth.engine.deliver import LEASE
from troth.settings import ProviderLimit

pytestmark = pytest.mark.timeout(1_800 if FULL else 240)
LASTS = timedelta(seconds=4)  # about as long as a failover takes


class SentinelCluster(Cluster):
    roles = ("clock-1", "worker-1", "worker-2")

    def surroundings(self, stack: ExitStack, url: str) -> Mapping[str, str]:  # noqa: ARG002
        self.redises = RedisWithSentinels(stack, Papers.of(Authority(self.folder)))
        return {"TROTH_REDIS_URL": self.redises.url}


def test_a_burst_outlives_its_primary_and_so_do_limits(tmp_path: Path):
    scale = size("primary killed")
    with ExitStack() as stack:
        cluster = SentinelCluster(stack, tmp_path)
        url = cluster.redises.url
        limits = ProviderLimits({"json": ProviderLimit(at_once=2)}, url, LASTS)
        patient = ProviderLimits({"json": ProviderLimit(at_once=2)}, url, LEASE)
        cluster.start_all()
        cluster.sink.manners["kind"] = Manner(latency=0.2)
        with cluster.burst(scale, silent=True) as oracle:
            cluster.sink.wait_for(scale.nudges // 4, timeout=30)
            held = limits.permit("json")
            assert held is not None
            killed = cluster.redises.kill_primary()
            assert limits.permit("json") is None, "what can't be counted is not permitted"
            held.close()
            cluster.wait_until(lambda: cluster.redises.primary() != killed, lambda: "a failover")
            # Nobody heard that the place was given back: it is free again by itself.
            places: list[ExitStack] = []
            in_time = LASTS.total_seconds() + 3
            cluster.wait_until(lambda: both(places, patient), lambda: "both places", in_time)
            assert len(places) == 2
            assert patient.permit("json") is None
            cluster.finish(oracle, "the primary killed")
        assert oracle.marked() == 0


def both(places: list[ExitStack], limits: ProviderLimits) -> bool:
    """Take what places there are; return whether both are taken."""
    if permit := limits.permit("json"):
        places.append(permit)
    return len(places) == 2
