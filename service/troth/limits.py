"""Limits of providers over all processes: Dramatiq's rate limiters, on Redis or in memory."""

import time
from collections.abc import Mapping
from contextlib import ExitStack

import redis
from dramatiq.rate_limits import BucketRateLimiter, ConcurrentRateLimiter, RateLimiter
from dramatiq.rate_limits.backend import RateLimiterBackend
from dramatiq.rate_limits.backends import RedisBackend, StubBackend

from troth.settings import ProviderLimit

# Leave that a killed worker never gave back is forgotten with the shift in which it was given.
SHIFT_SECONDS = 600


class ProviderLimits:
    """Gives leave for sends by the limits that the settings name; without any, at no cost."""

    def __init__(self, limits: Mapping[str, ProviderLimit], redis_url: str | None) -> None:
        self._limits = limits
        self._backend: RateLimiterBackend = (
            StubBackend()  # type: ignore[no-untyped-call]
            if redis_url is None
            else RedisBackend(url=redis_url)
        )

    def permit(self, provider: str) -> ExitStack | None:
        """Return leave for one send, to be closed when it ends; None where there is none now."""
        limit = self._limits.get(provider) or self._limits.get(provider.partition(":")[0])
        leave = ExitStack()
        if limit is None:
            return leave
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
            shift = int(time.time() // SHIFT_SECONDS)
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
