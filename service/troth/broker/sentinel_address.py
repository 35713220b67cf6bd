"""The address of a Redis that sentinels watch over, read: whom to ask for whom, and how.

`redis+sentinel://:PASSWORD@HOST:PORT,HOST:PORT/NAME?sentinel_password=PASSWORD&db=0`, and
`rediss+sentinel://` where both Redis and the sentinels speak TLS. `/NAME/0` names a database, too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from redis.connection import parse_url

SCHEMES = {"redis+sentinel": "redis", "rediss+sentinel": "rediss"}
PORT = 26_379
# A machine that lost power answers nothing: whoever waits for it must ask the next one soon.
ASK_SECONDS, USE_SECONDS = 2, 5
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<login>[^/?#]*)@)?(?P<hosts>[^@/?#]+)"
    r"/(?P<name>[^/?#]+)(?:/(?P<db>\d+))?/?(?:\?(?P<query>[^#]*))?"
)
_HOST = re.compile(r"(?P<host>[^:\[\]]+|\[[0-9a-fA-F:.]+\])(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True)
class SentinelAddress:
    """Sentinels as (host, port), the name by which they know a Redis, and how both are spoken to.

    `primary` and `sentinel` are arguments of a connection, without where it leads.
    """

    sentinels: tuple[tuple[str, int], ...]
    name: str
    primary: Mapping[str, Any]
    sentinel: Mapping[str, Any]


def names_sentinels(url: str) -> bool:
    """Return whether a Redis URL names sentinels."""
    return url.partition("://")[0] in SCHEMES


def read(url: str) -> SentinelAddress:
    """Read the URL. Raises ValueError that tells what is wrong, and shows nothing secret."""
    found = _ADDRESS.fullmatch(url)
    if found is None or found["scheme"] not in SCHEMES:
        raise ValueError("the sentinels, or the name by which they know the primary, are missing")
    primary = _arguments(found)
    sentinel = {name: value for name, value in primary.items() if name.startswith("ssl")}
    for name in ("username", "password"):
        if (given := primary.pop(f"sentinel_{name}", None)) is not None:
            sentinel[name] = given
    return SentinelAddress(
        tuple(_host(host) for host in found["hosts"].split(",")),
        found["name"],
        {"socket_connect_timeout": ASK_SECONDS, "socket_timeout": USE_SECONDS, **primary},
        {"socket_connect_timeout": ASK_SECONDS, "socket_timeout": ASK_SECONDS, **sentinel},
    )


def _arguments(found: re.Match[str]) -> dict[str, Any]:
    """Return what the URL says of the primary, as redis-py reads the URL of a single one."""
    login = f"{found['login']}@" if found["login"] else ""
    plain = f"{SCHEMES[found['scheme']]}://{login}primary/{found['db'] or ''}"
    try:
        urlsplit(plain)
    except ValueError:  # whose text may show the login
        raise ValueError("what stands before the @ is not written as in an address") from None
    arguments: dict[str, Any] = dict(
        parse_url(f"{plain}?{found['query'] or ''}")  # type: ignore[no-untyped-call]
    )
    for name in ("host", "port", "connection_class"):
        arguments.pop(name, None)
    return arguments | ({"ssl": True} if found["scheme"].startswith("rediss") else {})


def _host(text: str) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    port = int(found["port"] or PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        raise ValueError("one of the sentinels is no HOST:PORT")
    return found["host"].strip("[]"), port
