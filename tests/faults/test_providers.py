"""Providers in trouble: each keeps to itself, and a nudge says where nobody can tell if it left."""

from datetime import timedelta
from statistics import median

import pytest

from tests.faults.cluster import Cluster
from tests.faults.oracle import Oracle
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, Size, size, tell
from troth.domain.states import NudgeState

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)
SLOW = 25 if FULL else 1  # seconds
WAIT = 120  # seconds that a provider asks for

# What each couple has, in turn. `second` and `kind` are well; at `dead` nobody listens.
WAYS = (
    ("kind",),
    ("limited",),
    ("broken",),
    ("slow",),
    ("refusing", "second"),
    ("refusing",),
    ("dead", "second"),
    ("dead",),
)
MANNERS = {
    "limited": Manner(status=429, retry_after=1, first=1),
    "broken": Manner(status=500, first=1),
    "slow": Manner(latency=SLOW),
    "refusing": Manner(status=400),
}


def test_a_line_that_is_cut_before_the_answer_repeats_and_says_so(cluster: Cluster):
    scale = size("cut")
    cluster.sink.manners["kind"] = Manner(drop=True, first=scale.rituals - 1)
    with cluster.burst(scale, silent=True) as oracle:
        cluster.finish(oracle, "cut off before the answer")
    cut = scale.couples * 2 * (scale.rituals - 1)
    assert len(oracle.arrivals()) >= scale.nudges + cut
    assert oracle.marked() == cut


def test_providers_in_trouble_leave_the_others_undisturbed(cluster: Cluster):
    cluster.sink.manners.update(MANNERS)
    with cluster.burst(size("providers"), providers=WAYS) as oracle:
        oracle.burst.nobody_takes("dead", "refusing")
        cluster.finish(oracle, "providers in trouble")
    for provider in ("kind", "limited", "broken", "slow", "second"):
        late = [one.at - oracle.began for one in oracle.arrivals() if _is_of(one.path, provider)]
        tell(f"  {provider}: {len(late)}, median {median(late):.1f} s, last {max(late):.1f} s")
    assert "the provider refused it (status 400)" in {row.reason for row in oracle.nudges()}


def test_a_provider_that_asks_for_patience_is_given_it(cluster: Cluster):
    cluster.sink.manners["limited"] = Manner(status=429, retry_after=WAIT, first=1)
    with cluster.burst(Size(1, 1), providers=(("limited",),)) as oracle:
        cluster.wait_until(lambda: len(_waits(oracle)) == 2, lambda: f"waits: {_waits(oracle)}")
        waits = _waits(oracle)
        cluster.finish(oracle, "Retry-After", hurry=True)
    assert min(waits) > timedelta(seconds=WAIT - 30)


def _is_of(path: str, provider: str) -> bool:
    return path.startswith(f"/{provider}/")


def _waits(oracle: Oracle) -> list[timedelta]:
    """How long what failed once waits for its next attempt, from now."""
    now = oracle.store.clock.now()
    return [
        row.not_before - now
        for row in oracle.nudges()
        if row.failures and row.state == NudgeState.PLANNED
    ]
