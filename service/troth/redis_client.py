"""The Redis of a cluster: how it is reached, and whether it keeps strangers out."""

from collections.abc import Mapping
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

from troth.errors import TrothError

MOST_CONNECTIONS = 2_000  # redis-py's own cap is 100, and a worker has a thousand places
CONNECT_SECONDS = 5
# What tells one client from a stranger; a certificate, too, is asked for by some.
CREDENTIALS = frozenset(
    {"username", "password", "credential_provider", "ssl_certfile", "ssl_keyfile"}
)


def connect(url: str, *, tries_once: bool = False) -> redis.Redis:
    """Return a client of as many connections as a worker needs.

    The client's own retries take seconds: where the caller has something better to do, it fails
    at the first try.
    """
    more = {"retry": _no_retry()} if tries_once else {}
    return redis.Redis.from_url(url, max_connections=MOST_CONNECTIONS, **more)


def check_redis(url: str) -> None:
    """Raise TrothError when Redis can't be reached, or when it asks for no password.

    Whoever can write to the queue can ring: an open Redis is refused.
    """
    try:
        given = parse_url(url)  # type: ignore[no-untyped-call]
        _ping(given)
    except (ValueError, TypeError):  # the latter for an option that there is not
        raise TrothError(
            "TROTH_REDIS_URL is no Redis URL; write redis://:PASSWORD@HOST:PORT/0"
        ) from None
    except redis.AuthenticationError:
        raise TrothError("Redis refuses the password in TROTH_REDIS_URL; check it") from None
    except redis.RedisError:
        raise TrothError(
            "Redis (TROTH_REDIS_URL) does not answer; check that it runs, and its address"
        ) from None
    if _lets_anybody_in(given):
        raise TrothError(
            "Redis (TROTH_REDIS_URL) lets anybody in; give it a password (requirepass) "
            "and put it into the URL: redis://:PASSWORD@HOST:PORT/0"
        )


def _lets_anybody_in(given: Mapping[str, Any]) -> bool:
    """Knock as we do, over TLS where we use it, but without what we alone should know."""
    if "path" in given:  # a socket is guarded by its file mode
        return False
    try:
        return _ping({name: value for name, value in given.items() if name not in CREDENTIALS})
    except redis.RedisError:
        return False


def _ping(given: Mapping[str, Any]) -> bool:
    once = {"socket_connect_timeout": CONNECT_SECONDS, "retry": _no_retry()}
    pool = redis.ConnectionPool(**{**once, **given})
    with redis.Redis.from_pool(pool) as client:
        return bool(client.ping())


def _no_retry() -> Retry:
    return Retry(NoBackoff(), 0)
