"""RabbitMQ as the doorbell, PgBouncer before the store: killed, and in the way."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from tests.faults.cluster import Cluster
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from tests.support.pgbouncer import PgBouncer
from tests.support.rabbitmq import RabbitMQ

pytestmark = pytest.mark.timeout(1_800 if FULL else 600)


class ScaledCluster(Cluster):
    """No Redis at all, and no role has a connection to PostgreSQL of its own."""

    roles = ("clock-1", "clock-2", "worker-1")

    def surroundings(self, stack: ExitStack, url: str) -> Mapping[str, str]:
        self.pooler = stack.enter_context(PgBouncer.before(url))
        self.rabbitmq = stack.enter_context(RabbitMQ.running())
        return {
            "TROTH_DATABASE_URL": self.pooler.url,
            "TROTH_BROKER_URL": self.rabbitmq.url,
        }


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScaledCluster]:
    with ExitStack() as stack:
        cluster = ScaledCluster(stack, tmp_path_factory.mktemp("scaled"))
        cluster.start_all()
        yield cluster


def test_a_burst_through_a_pooler_sends_each_nudge_once(scaled: ScaledCluster):
    scaled.recover()
    with scaled.burst(size("pooled"), silent=True) as oracle:
        scaled.finish(oracle, "through a pooler in transaction mode")
    assert oracle.marked() == 0


def test_a_burst_outlives_its_rabbitmq(scaled: ScaledCluster):
    scaled.recover()
    scale = size("rabbitmq killed")
    scaled.sink.manners["kind"] = Manner(latency=0.2)
    with scaled.burst(scale, silent=True) as oracle:
        scaled.sink.wait_for(scale.nudges // 4, timeout=30)
        scaled.rabbitmq.kill()
        scaled.rabbitmq.start()
        scaled.finish(oracle, "RabbitMQ killed")
    assert oracle.marked() == 0
