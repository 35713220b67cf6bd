"""Limits of providers over all processes: Dramatiq's rate limiters, on Redis or in memory."""

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType

import redis
from dramatiq.rate_limits import BucketRateLimiter, ConcurrentRateLimiter, RateLimiter
from dramatiq.rate_limits.backend import RateLimiterBackend
from dramatiq.rate_limits.backends import RedisBackend, StubBackend
from redis.backoff import NoBackoff
from redis.retry import Retry

from troth.clock import Clock
from troth.settings import ProviderLimit

MOST_CONNECTIONS = 2_000  # redis-py's own cap is 100, and a worker has a thousand places
# Leave that a killed worker never gave back is forgotten with the shift in which it was given.
SHIFT_SECONDS = 600


class ProviderLimits:
    """Gives leave for sends by the limits that the settings name; without any, at no cost."""

    def __init__(
        self, limits: Mapping[str, ProviderLimit], redis_url: str | None, clock: Clock
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._backend: RateLimiterBackend = (
            StubBackend()  # type: ignore[no-untyped-call]
            if redis_url is None
            else RedisBackend(client=_client(redis_url))
        )

    def permit(self, provider: str) -> ExitStack | None:
        """Return leave for one send, to be closed when it ends; None where there is none now."""
        limit = self._limits.get(provider) or self._limits.get(provider.partition(":")[0])
        leave = ExitStack()
        if limit is None:
            return leave
        leave.push(_is_lost)
        try:
            given = [
                leave.enter_context(limiter.acquire(raise_on_failure=False))
                for limiter in self._limiters(provider, limit)
            ]
        except redis.RedisError:
            given = [False]
        if all(given):
            return leave
        leave.close()
        return None

    def _limiters(self, provider: str, limit: ProviderLimit) -> list[RateLimiter]:
        found: list[RateLimiter] = []
        if limit.at_once is not None:
            shift = int(self._clock.now().timestamp() // SHIFT_SECONDS)
            key = f"troth-at-once:{provider}:{shift}"
            ttl = 2_000 * SHIFT_SECONDS
            at_once = ConcurrentRateLimiter(  # type: ignore[no-untyped-call]
                self._backend, key, limit=limit.at_once, ttl=ttl
            )
            found.append(at_once)
        if limit.per_second is not None:
            number = max(1, round(limit.per_second))
            bucket = round(1_000 * number / limit.per_second)
            key = f"troth-rate:{provider}"
            rate = BucketRateLimiter(  # type: ignore[no-untyped-call]
                self._backend, key, limit=number, bucket=bucket
            )
            found.append(rate)
        return found


def _client(redis_url: str) -> redis.Redis:
    """Connect as often as sends end at once, and once: the client's own retries take seconds."""
    at_once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(redis_url, max_connections=MOST_CONNECTIONS, retry=at_once)


def _is_lost(
    kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
) -> bool:
    """Let leave that can't be given back go: what it was for has been sent, and that must be told.

    It is forgotten with its shift.
    """
    return kind is not None and issubclass(kind, redis.RedisError)
