"""A day without power: nothing stale leaves; what did not is written down, and not scored."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.home import at_home
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size
from troth.domain.states import NudgeState

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)
DAY = timedelta(days=1)


def test_after_a_day_of_outage_nothing_stale_leaves(tmp_path: Path):
    scale = size("outage")
    with at_home(tmp_path, tmp_path) as home:
        home.start()
        home.sink.manners["kind"] = Manner(latency=0.3)
        with home.burst(scale) as begun, home.burst(scale, after=timedelta(hours=3)) as missed:
            home.sink.wait_for(scale.nudges // 2, timeout=60)
            home.kill()
            begun.give_up_on_what_is_not_sent()
            missed.burst.nobody_takes("kind")
            came = len(home.sink.arrivals)
            home.start(skew=DAY.total_seconds())
            home.finish(begun, "cut off by an outage of a day")
            home.finish(missed, "due during the outage")
    assert came < scale.nudges
    assert len(home.sink.arrivals) == came
    assert begun.states().keys() <= {NudgeState.SENT, NudgeState.EXPIRED, NudgeState.WITHDRAWN}
    assert missed.states() == {NudgeState.EXPIRED: scale.nudges}
