"""kill -9 of whatever runs, again and again, in the midst of a burst."""

import random
import secrets

import pytest

from tests.faults.cluster import Cluster, paced
from tests.faults.roles import IN_HAND
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size, tell

FEW = ("worker", "clock", "web")  # the short form has few kills, and wants one of each


@pytest.mark.timeout(1_800 if FULL else 300)
def test_a_burst_outlives_the_killing_of_any_role_at_any_instant(cluster: Cluster):
    scale, seed = size("killed"), secrets.randbelow(10_000)
    tell(f"\nseed {seed}")
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    cluster.sink.manners["kind"] = Manner(latency=0.3)
    with cluster.burst(scale, seed) as oracle:
        for number in paced(scale, oracle):
            kind = FEW[number] if not FULL else ""
            victim = chance.choice([role for role in cluster.processes if role.startswith(kind)])
            cluster.kill(victim)
            cluster.start(victim)
        cluster.finish(oracle, f"killed {len(cluster.kills)} ({', '.join(cluster.kills[:8])})")
    workers = sum(role.startswith("worker") for role in cluster.kills)
    assert oracle.marked() <= workers * IN_HAND
