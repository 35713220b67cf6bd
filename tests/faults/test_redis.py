"""The doorbell lost: Redis is emptied, restarted or gone. It holds nothing that SQL does not."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster, paced
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from tests.support.servers import Valkey

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)


def test_an_emptied_redis_costs_time_and_repeats_nothing(cluster: Cluster):
    scale = size("redis flushed")
    cluster.sink.manners["kind"] = Manner(latency=0.2)
    with cluster.burst(scale) as oracle:
        for _ in paced(scale, oracle):
            cluster.redis.flush()
        cluster.finish(oracle, "Redis emptied")
    assert oracle.marked() == 0


def test_a_redis_that_is_gone_and_comes_back_empty_loses_nothing(cluster: Cluster):
    _outlives_its_doorbell(cluster)


if FULL:  # for roles of its own take half a minute to start

    def test_a_valkey_that_is_gone_and_comes_back_empty_loses_nothing(tmp_path: Path):
        with ExitStack() as stack:
            valkey = stack.enter_context(Valkey.running())
            cluster = Cluster(stack, tmp_path, redis=valkey)
            cluster.start_all()
            _outlives_its_doorbell(cluster)


def _outlives_its_doorbell(cluster: Cluster) -> None:
    scale = size("redis gone")
    cluster.sink.manners["kind"] = Manner(latency=0.2)
    with cluster.burst(scale) as oracle:
        cluster.sink.wait_for(scale.nudges // 4, timeout=30)
        cluster.redis.stop()
        time.sleep(scale.lasts)
        cluster.redis.start()
        cluster.finish(oracle, f"Redis gone for {scale.lasts:g} s")
    assert oracle.marked() == 0
