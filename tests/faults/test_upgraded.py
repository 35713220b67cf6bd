"""An upgrade under load: the former release goes on while the schema changes, then makes way."""

from pathlib import Path

import pytest

from tests.faults.former import Upgraded, upgraded
from tests.faults.oracle import Oracle
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from tests.support.servers import PostgreSQL, Redis
from troth.store import schema

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)  # ten processes start, one after another
SCALE = size("upgraded")
OLD, NEW = ("clock-old", "worker-old"), ("clock-new", "worker-new", "web-1")


@pytest.fixture
def cluster(tmp_path: Path, postgres_server: PostgreSQL, redis_server: Redis):
    redis_server.flush()
    with upgraded(tmp_path, postgres_server, redis_server) as cluster:
        yield cluster


def test_an_upgrade_under_load_loses_nothing_and_doubles_nothing(cluster: Upgraded):
    cluster.sink.manners["kind"] = Manner(latency=4.0)  # so that the schema changes in its midst
    with cluster.burst(SCALE, former=cluster.apply_as_before) as first:
        start(cluster, *OLD)
        assert cluster.sink.wait_for(1, timeout=30)
        cluster.run("migrate")
        assert cluster.revision() == schema.head()
        assert len(cluster.sink.arrivals) < SCALE.nudges, "it was over before the schema changed"
        cluster.sink.manners["kind"] = Manner(latency=0.05)
        start(cluster, *NEW)  # beside the old ones
        cluster.deliver(first)
        each_answers_the_other(cluster, first)
        for role in OLD:
            cluster.terminate(role)
        cluster.finish(first, "upgraded under load")
    assert first.marked() == 0
    for role in OLD:
        assert cluster.errors(role) == [], role


def each_answers_the_other(cluster: Upgraded, first: Oracle) -> None:
    """The new clock rings and the old worker answers, then the other way round.

    Nothing leaves but by a ring that was understood, and nobody else is there to understand it.
    """
    for ringing, answering in (("clock-new", "worker-old"), ("clock-old", "worker-new")):
        idle = {"clock-new", "clock-old", "worker-new", "worker-old"} - {ringing, answering}
        for role in idle:
            cluster.rest(role)
        with cluster.burst(SCALE) as oracle:
            cluster.deliver(oracle, hurry=False)
            for role in idle:
                cluster.go_on(role)
            cluster.finish(oracle, f"{ringing} rang, {answering} answered")
        assert oracle.marked() == 0


def start(cluster: Upgraded, *roles: str) -> None:
    for role in roles:
        cluster.start(role)
    for role in roles:
        cluster.wait_for_start(role)
