"""Limits of providers: over all processes by Redis or Valkey, within one by memory; the same."""

from contextlib import closing

import pytest
from pydantic import ValidationError

from tests.support.servers import Redis
from troth.bootstrap import check_limits
from troth.broker.provider_limits import OwnRates, ProviderLimits
from troth.engine.deliver import LEASE
from troth.errors import TrothError
from troth.settings import ProviderLimit, Settings


@pytest.fixture(params=["memory", "redis", "valkey"])
def redis_or_none(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "memory" else request.getfixturevalue(f"{request.param}_url")


def limits(redis_url: str | None, **named: ProviderLimit) -> ProviderLimits:
    by_name = {name.replace("__", ":"): limit for name, limit in named.items()}
    return ProviderLimits(by_name, redis_url, LEASE)


def test_what_nobody_limits_is_always_permitted(redis_or_none: str | None):
    free = limits(redis_or_none, twilio=ProviderLimit(at_once=1))
    assert all(free.permit("json:example.org") is not None for _ in range(100))


def test_so_many_sends_at_once_and_no_more(redis_or_none: str | None):
    ours, others = (limits(redis_or_none, mailto=ProviderLimit(at_once=2)) for _ in range(2))
    if redis_or_none is None:
        others = ours
    first, second = ours.permit("mailto:example.org"), others.permit("mailto:example.org")
    assert first is not None
    assert second is not None
    assert ours.permit("mailto:example.org") is None
    assert ours.permit("mailto:example.net") is not None  # each host of a scheme by itself
    first.close()
    assert others.permit("mailto:example.org") is not None


def test_so_many_sends_a_second_and_no_more(redis_or_none: str | None):
    slow = limits(redis_or_none, twilio=ProviderLimit(per_second=0.02))  # one in fifty seconds
    given = [slow.permit("twilio") for _ in range(10)]
    assert 1 <= sum(permit is not None for permit in given) <= 2  # two where a new bucket begins


def test_who_is_refused_a_place_does_not_use_up_the_rate(redis_or_none: str | None):
    both = limits(redis_or_none, twilio=ProviderLimit(at_once=1, per_second=2))
    held = both.permit("twilio")
    assert held is not None
    assert [both.permit("twilio") for _ in range(5)] == [None] * 5
    held.close()
    assert both.permit("twilio") is not None


def test_a_host_of_its_own_limit_does_not_use_that_of_its_scheme(redis_or_none: str | None):
    named = limits(
        redis_or_none,
        json=ProviderLimit(at_once=1),
        json__example=ProviderLimit(at_once=3),
    )
    held = [named.permit("json:example") for _ in range(4)]
    assert [permit is not None for permit in held] == [True, True, True, False]


def test_a_lost_redis_permits_nothing_of_what_is_limited(redis_url: str):
    gone = redis_url.replace("127.0.0.1", "127.0.0.2").rpartition(":")[0] + ":1/0"
    assert limits(gone, twilio=ProviderLimit(at_once=1)).permit("twilio") is None


def test_a_permit_that_cannot_be_given_back_takes_no_result_along():
    """Redis goes between the send and its end: what was sent must still be told."""
    with Redis.running() as server:
        ours = limits(server.url, twilio=ProviderLimit(at_once=1))
        permit = ours.permit("twilio")
    with closing(ours):
        assert permit is not None
        with permit:
            outcome = "sent"
        assert outcome == "sent"


def test_limits_that_nothing_counts_are_refused():
    limit = {"json": ProviderLimit(at_once=1)}
    told = Settings(limits=limit, broker_url="amqp://x", redis_url=None)
    with pytest.raises(TrothError, match="TROTH_REDIS_URL"):
        check_limits(told)
    check_limits(told.model_copy(update={"redis_url": "redis://x"}))


def test_more_places_than_can_be_looked_at_are_refused():
    """A billion, meant as no limit at all, would be named one by one for every send."""
    with pytest.raises(ValidationError, match="less than or equal to 10000"):
        ProviderLimit(at_once=1_000_000_000)


def test_what_is_over_is_not_kept_in_memory():
    rates = OwnRates()
    for moment in range(5 * OwnRates.MOST):
        rates.add(f"troth-rate:twilio@{moment}", 1, ttl=0)
    assert len(rates.db) <= OwnRates.MOST
    assert rates.add("troth-rate:twilio@now", 1, ttl=60_000)
    assert not rates.add("troth-rate:twilio@now", 1, ttl=60_000)
