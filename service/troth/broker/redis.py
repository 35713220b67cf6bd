"""The Redis of a cluster: how it is reached, and whether it keeps strangers out.

One Redis (or Valkey) by its own address, or whichever its sentinels call the primary.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool

from troth.broker import certificates, sentinel_address
from troth.broker.sentinel_address import SentinelAddress, names_sentinels
from troth.errors import TrothError

MOST_CONNECTIONS = 2_000  # redis-py's own cap is 100, and a worker has a thousand places
CONNECT_SECONDS = 5
# What tells one client from a stranger; a certificate, too, is asked for by some.
CREDENTIALS = frozenset(
    {"username", "password", "credential_provider", "ssl_certfile", "ssl_keyfile"}
)
FILES = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"})
FORM = "redis://:PASSWORD@HOST:PORT/0"
AWAY = "does not answer; check that it runs, and its address"
TRUST = "ssl_ca_certs=/path in TROTH_REDIS_URL"
OURS = "ssl_certfile=/path and ssl_keyfile=/path in TROTH_REDIS_URL"
SENTINELS_FORM = "redis+sentinel://:PASSWORD@HOST:26379,HOST:26379/NAME?sentinel_password=PASSWORD"


def connect(url: str, *, tries_once: bool = False) -> redis.Redis:
    """Return a client of as many connections as a worker needs.

    The client's own retries take seconds: where the caller has something better to do, it fails
    at the first try.
    """
    retry = {"retry": _no_retry()} if tries_once else {}
    if names_sentinels(url):
        return _primary(sentinel_address.read(url), retry)
    return redis.Redis.from_url(url, max_connections=MOST_CONNECTIONS, **retry)


def check_redis(url: str) -> None:
    """Raise TrothError when Redis can't be reached, or when it asks for no password.

    Whoever can write to the queue can ring: an open Redis is refused.
    """
    if names_sentinels(url):
        return _check_by_sentinels(url)
    try:
        given = parse_url(url)  # type: ignore[no-untyped-call]
        _check_files(given)
        _ping(given)
    except (ValueError, TypeError):  # the latter for an option that there is not
        raise TrothError(
            f"TROTH_REDIS_URL is no Redis URL; write {FORM}, or with sentinels {SENTINELS_FORM}"
        ) from None
    except redis.AuthenticationError:
        raise TrothError("Redis refuses the password in TROTH_REDIS_URL; check it") from None
    except redis.RedisError as error:
        raise TrothError(f"Redis (TROTH_REDIS_URL) {_flaw(error) or AWAY}") from None
    if _lets_anybody_in(given):
        raise _open(FORM)
    return None


def open_sentinels(url: str) -> bool:
    """Return whether any sentinel that this URL names answers without a password.

    Who can tell sentinels what to do can lead Troth to a Redis of their own.
    """
    if not names_sentinels(url):
        return False
    address = sentinel_address.read(url)
    plain = {name: value for name, value in address.sentinel.items() if name not in CREDENTIALS}
    return any(_is_open({**plain, "host": host, "port": port}) for host, port in address.sentinels)


def _check_files(arguments: Mapping[str, Any]) -> None:
    """Raise TrothError for a file that can't be read: to the client that is one more silence."""
    for name in FILES & arguments.keys():
        try:
            Path(arguments[name]).open("rb").close()
        except OSError:
            raise TrothError(
                f"TROTH_REDIS_URL names a file that can't be read, as its {name}; "
                "check the path, and that whoever Troth runs as may read it"
            ) from None


def _check_by_sentinels(url: str) -> None:
    """Check the primary that the sentinels name."""
    try:
        address = sentinel_address.read(url)
        _check_files(address.primary)
        with _primary(address, {"retry": _no_retry()}) as client:
            client.ping()
    except (ValueError, TypeError) as error:
        cause = error if isinstance(error, ValueError) else "an option is unknown"
        raise TrothError(
            f"TROTH_REDIS_URL is no address of sentinels: {cause}; write {SENTINELS_FORM}"
        ) from None
    except MasterNotFoundError:
        raise _no_primary(address) from None
    except redis.AuthenticationError:
        raise TrothError(
            "Redis or its sentinels refuse the password in TROTH_REDIS_URL; the one before the @ "
            "is for Redis, sentinel_password is for the sentinels"
        ) from None
    except redis.RedisError as error:
        away = "does not answer; check that it can be reached from here by the address they give"
        raise TrothError(
            f"the Redis that the sentinels (TROTH_REDIS_URL) name {_flaw(error) or away}"
        ) from None
    stranger = {name: value for name, value in address.primary.items() if name not in CREDENTIALS}
    if _answers_stranger(address, stranger):
        raise _open(SENTINELS_FORM)


def _no_primary(address: SentinelAddress) -> TrothError:
    """Tell why the sentinels name nobody: what TLS says stands in no error of theirs."""
    for host, port in address.sentinels:
        try:
            _ping({**address.sentinel, "host": host, "port": port})
        except redis.RedisError as error:
            if flaw := _flaw(error):
                return TrothError(f"the sentinel at {host}:{port} (TROTH_REDIS_URL) {flaw}")
    return TrothError(
        f"no sentinel (TROTH_REDIS_URL) knows a primary named {address.name!r} that works; check "
        "that they run, their addresses, sentinel_password, and the name after the last slash"
    )


def _flaw(error: redis.RedisError) -> str | None:
    return certificates.flaw(error, TRUST, OURS)


def _primary(address: SentinelAddress, retry: Mapping[str, Retry]) -> redis.Redis:
    """Return a client that asks the sentinels, whenever it connects, who is the primary now."""
    asked = {**address.sentinel, "retry": _no_retry()}  # there are others to ask
    guards = Sentinel(address.sentinels, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
    arguments = {"max_connections": MOST_CONNECTIONS, **address.primary, **retry}
    pool = SentinelConnectionPool(address.name, guards, **arguments)  # type: ignore[no-untyped-call]
    return redis.Redis.from_pool(pool)


def _answers_stranger(address: SentinelAddress, arguments: Mapping[str, Any]) -> bool:
    stranger = SentinelAddress(address.sentinels, address.name, arguments, address.sentinel)
    try:
        with _primary(stranger, {"retry": _no_retry()}) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _open(form: str) -> TrothError:
    return TrothError(
        "Redis (TROTH_REDIS_URL) lets anybody in; give it a password (requirepass) "
        f"and put it into the URL: {form}"
    )


def _lets_anybody_in(given: Mapping[str, Any]) -> bool:
    """Knock as we do, over TLS where we use it, but without what we alone should know."""
    if "path" in given:  # a socket is guarded by its file mode
        return False
    return _is_open({name: value for name, value in given.items() if name not in CREDENTIALS})


def _is_open(arguments: Mapping[str, Any]) -> bool:
    try:
        return _ping(arguments)
    except redis.RedisError:
        return False


def _ping(given: Mapping[str, Any]) -> bool:
    once = {"socket_connect_timeout": CONNECT_SECONDS, "retry": _no_retry()}
    arguments = {**once, **given}
    if arguments.pop("ssl", False):
        arguments["connection_class"] = redis.SSLConnection
    with redis.Redis.from_pool(redis.ConnectionPool(**arguments)) as client:
        return bool(client.ping())


def _no_retry() -> Retry:
    return Retry(NoBackoff(), 0)
