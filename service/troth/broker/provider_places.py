"""Places of providers that are given so many sends at once: one send holds each, and none for ever.

Between processes they lie in Redis, which may lose the word that a place is free again, or the
place itself; within one process in memory, where neither can be lost.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

import redis
from redis.lock import Lock

GiveBack = Callable[[], None]


class ProviderPlaces(Protocol):
    """Something that gives out places."""

    def take(self, provider: str, at_once: int) -> GiveBack | None:
        """Take one of a provider's places; return how it is given back, None where all are held."""
        ...


class SharedPlaces:
    """Places that all processes share, each a lock in Redis that only its holder can give back.

    A count would be one command instead of two, but who comes back late, after Redis has lost it or
    its time is over, would give back the place of another. So would a lock that bears no name.
    """

    def __init__(self, client: redis.Redis, lasts: timedelta) -> None:
        """`lasts` is when a place is free by itself: longer than any send that began with it."""
        self._client = client
        self._seconds = lasts.total_seconds()

    def take(self, provider: str, at_once: int) -> GiveBack | None:
        """Take a place. Raises redis.RedisError, as giving it back does, where none can be had."""
        names = [f"troth-place:{provider}:{number}" for number in range(at_once)]
        holders = self._client.mget(names)
        free = [name for name, holder in zip(names, holders, strict=True) if holder is None]
        random.shuffle(free)  # who looks at the same moment should try another
        for name in free:
            # Taken by the thread that claims, and given back by the one that sends.
            place: Lock = self._client.lock(name, timeout=self._seconds, thread_local=False)
            if place.acquire(blocking=False):
                return place.release
        return None


class OwnPlaces:
    """Places of one process. They end with it, so none needs an end of its own."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()  # only of providers that hold any
        self._moving = threading.Lock()

    def take(self, provider: str, at_once: int) -> GiveBack | None:
        """Take a place."""
        with self._moving:
            if self._held[provider] >= at_once:
                return None
            self._held[provider] += 1
        return partial(self._give_back, provider)

    def _give_back(self, provider: str) -> None:
        with self._moving:
            self._held[provider] -= 1
            if not self._held[provider]:
                del self._held[provider]
