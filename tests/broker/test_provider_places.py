"""Places in Redis: never more than there are, and none is held for ever, whatever is lost."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import redis

from tests.broker import sender
from tests.support.processes import Process
from tests.support.servers import Redis
from tests.support.until import until
from troth.broker.provider_limits import ProviderLimits
from troth.engine.deliver import LEASE
from troth.settings import ProviderLimit

Start = Callable[..., Process]


@contextmanager
def one_place(url: str, lasts: timedelta = LEASE) -> Iterator[ProviderLimits]:
    with closing(ProviderLimits({"mailto": ProviderLimit(at_once=1)}, url, lasts)) as limits:
        yield limits


def sending(start: Start, task: str, url: str, at_once: int, lasts: timedelta) -> Process:
    told = (task, url, str(at_once), str(lasts.total_seconds()))
    return start(sys.executable, "-m", sender.__name__, *told)


def test_many_threads_of_two_processes_never_hold_more_places_than_there_are(
    redis_url: str, start_process: Start
):
    crowds = [sending(start_process, "crowd", redis_url, 3, LEASE) for _ in range(2)]
    for crowd in crowds:
        crowd.wait_for_line("ready")
    with redis.Redis.from_url(redis_url) as client:
        client.rpush("go", *range(len(crowds)))
    seen = [int(crowd.wait_for_line(r"most: (\d+)")[1]) for crowd in crowds]
    assert 1 <= max(seen) <= 3


def test_the_place_of_a_killed_worker_is_free_again_in_its_time(
    redis_url: str, start_process: Start
):
    lasts = timedelta(seconds=2)
    began = time.monotonic()
    killed = sending(start_process, "hold", redis_url, 1, lasts)
    killed.wait_for_line("held")
    held = time.monotonic()
    killed.kill()
    with one_place(redis_url) as ours:
        until(lambda: ours.permit(sender.PROVIDER) is not None, seconds=10)
        assert time.monotonic() - began >= lasts.total_seconds(), "it was free before its time"
        assert time.monotonic() - held < lasts.total_seconds() + 3
        assert ours.permit(sender.PROVIDER) is None


def test_who_gives_a_place_back_after_redis_has_lost_it_frees_no_other(
    redis_server: Redis, redis_url: str
):
    with one_place(redis_url) as ours, one_place(redis_url) as others:
        lost = ours.permit(sender.PROVIDER)
        assert lost is not None
        redis_server.flush()
        held = others.permit(sender.PROVIDER)
        assert held is not None
        lost.close()
        assert ours.permit(sender.PROVIDER) is None, "the place of another was given back"
        held.close()
        assert ours.permit(sender.PROVIDER) is not None


def test_who_gives_a_place_back_after_its_time_frees_no_other(redis_url: str):
    with one_place(redis_url, timedelta(milliseconds=50)) as hasty, one_place(redis_url) as ours:
        late = hasty.permit(sender.PROVIDER)
        assert late is not None
        until(lambda: ours.permit(sender.PROVIDER) is not None, seconds=10)
        late.close()
        assert ours.permit(sender.PROVIDER) is None, "the place of another was given back"
