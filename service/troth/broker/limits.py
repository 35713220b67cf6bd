"""Limits of providers over all processes: Dramatiq's rate limiters, on Redis or in memory."""

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType

import redis
from dramatiq.rate_limits import BucketRateLimiter, RateLimiter
from dramatiq.rate_limits.backend import RateLimiterBackend
from dramatiq.rate_limits.backends import RedisBackend, StubBackend

from troth.broker.redis import connect
from troth.clock import Clock
from troth.settings import ProviderLimit

# A permit that a killed worker never gave back is forgotten after the shift that follows its own.
SHIFT_SECONDS = 600


class ProviderLimits:
    """Gives permits for sends by the limits that the settings name; without any, at no cost."""

    def __init__(
        self, limits: Mapping[str, ProviderLimit], redis_url: str | None, clock: Clock
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._backend: RateLimiterBackend = (
            StubBackend()  # type: ignore[no-untyped-call]
            if redis_url is None
            else RedisBackend(client=connect(redis_url, tries_once=True))
        )

    def permit(self, provider: str) -> ExitStack | None:
        """Return a permit of one send, to be closed at its end; None where there is none now."""
        limit = self._limits.get(provider) or self._limits.get(provider.partition(":")[0])
        permit = ExitStack()
        if limit is None:
            return permit
        permit.push(_is_lost)
        try:
            permitted = all(  # one after the other: who is refused a place must not use up the rate
                permit.enter_context(limiter.acquire(raise_on_failure=False))
                for limiter in self._limiters(provider, limit)
            )
        except redis.RedisError:
            permitted = False
        if permitted:
            return permit
        permit.close()
        return None

    def _limiters(self, provider: str, limit: ProviderLimit) -> list[RateLimiter]:
        found: list[RateLimiter] = []
        if limit.at_once is not None:
            shift = int(self._clock.now().timestamp() // SHIFT_SECONDS)
            found.append(AtOnceLimiter(self._backend, provider, limit.at_once, shift))
        if limit.per_second is not None:
            number = max(1, round(limit.per_second))
            bucket = round(1_000 * number / limit.per_second)
            key = f"troth-rate:{provider}"
            rate = BucketRateLimiter(  # type: ignore[no-untyped-call]
                self._backend, key, limit=number, bucket=bucket
            )
            found.append(rate)
        return found


class AtOnceLimiter(RateLimiter):
    """So many sends at once, counted by shifts; those that the last shift has still out count too.

    A counter without shifts would keep for ever what killed workers never gave back.
    """

    def __init__(self, backend: RateLimiterBackend, provider: str, limit: int, shift: int) -> None:
        self._keys = [f"troth-at-once:{provider}:{each}" for each in (shift, shift - 1)]
        super().__init__(backend, self._keys[0])  # type: ignore[no-untyped-call]
        self._limit = limit

    def _acquire(self) -> bool:
        keys, limit, ttl = self._keys, self._limit, 3_000 * SHIFT_SECONDS
        return bool(self.backend.incr_and_sum(self.key, lambda: keys, 1, limit, ttl))

    def _release(self) -> None:
        self.backend.decr(self.key, 1, 0, 3_000 * SHIFT_SECONDS)


def _is_lost(
    kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
) -> bool:
    """Let a permit that can't be given back go: what it was for left, and that must be told.

    It is forgotten in time, as that of a killed worker is.
    """
    return kind is not None and issubclass(kind, redis.RedisError)
