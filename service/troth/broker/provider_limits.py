"""Limits of providers over all processes, kept in Redis; or over one, in memory."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from types import TracebackType

import redis
from dramatiq.rate_limits import BucketRateLimiter
from dramatiq.rate_limits.backend import RateLimiterBackend
from dramatiq.rate_limits.backends import RedisBackend, StubBackend

from troth.broker.provider_places import OwnPlaces, ProviderPlaces, SharedPlaces
from troth.broker.redis import connect
from troth.settings import ProviderLimit


class OwnRates(StubBackend):
    """What one process has sent in which moment; Dramatiq's own keeps it for ever."""

    MOST = 1_000

    def add(self, key: str, value: int, ttl: int) -> bool:
        """Begin to count under a key, for `ttl` milliseconds, unless somebody did."""
        if len(self.db) >= self.MOST:
            with self.mutex:
                now = time.monotonic()
                self.db = {name: kept for name, kept in self.db.items() if kept[1] > now}
        return bool(super().add(key, value, ttl))  # type: ignore[no-untyped-call]


class ProviderLimits:
    """Gives permits for sends by the limits that the settings name; without any, at no cost."""

    def __init__(
        self, limits: Mapping[str, ProviderLimit], redis_url: str | None, lasts: timedelta
    ) -> None:
        """`lasts` is after what time a permit that was not given back is forgotten."""
        self._limits = limits
        self._places: ProviderPlaces = OwnPlaces()
        self._backend: RateLimiterBackend = OwnRates()  # type: ignore[no-untyped-call]
        self._client: redis.Redis | None = None
        if redis_url is not None:
            self._client = connect(redis_url, tries_once=True)
            self._places = SharedPlaces(self._client, lasts)
            self._backend = RedisBackend(client=self._client)

    def permit(self, provider: str) -> ExitStack | None:
        """Return a permit of one send, to be closed at its end; None where there is none now."""
        limit = self._limits.get(provider) or self._limits.get(provider.partition(":")[0])
        permit = ExitStack()
        if limit is None:
            return permit
        permit.push(_is_lost)
        try:  # one after the other: who is refused a place must not use up the rate
            permitted = self._enter(permit, provider, limit) and self._in_rate(provider, limit)
        except redis.RedisError:
            permitted = False
        if permitted:
            return permit
        permit.close()
        return None

    def close(self) -> None:
        """Let Redis go; what is still held ends by itself."""
        if self._client is not None:
            self._client.close()

    def _enter(self, permit: ExitStack, provider: str, limit: ProviderLimit) -> bool:
        """Take a place, to be given back with the permit; return whether there was one."""
        if limit.at_once is None:
            return True
        give_back = self._places.take(provider, limit.at_once)
        if give_back is not None:
            permit.callback(give_back)
        return give_back is not None

    def _in_rate(self, provider: str, limit: ProviderLimit) -> bool:
        if limit.per_second is None:
            return True
        number = max(1, round(limit.per_second))
        bucket = round(1_000 * number / limit.per_second)
        key = f"troth-rate:{provider}"
        rate = BucketRateLimiter(  # type: ignore[no-untyped-call]
            self._backend, key, limit=number, bucket=bucket
        )
        with rate.acquire(raise_on_failure=False) as in_rate:
            return bool(in_rate)


def _is_lost(
    kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
) -> bool:
    """Let a permit that can't be given back go: what it was for left, and that must be told.

    It is forgotten in time, as that of a killed worker is.
    """
    return kind is not None and issubclass(kind, redis.RedisError)
