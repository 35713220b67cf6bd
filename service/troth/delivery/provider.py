"""Whose limits a channel shares with others."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from apprise.manager_plugins import NotificationManager

from troth.delivery.inbox_channel import register

LONGEST = 64  # characters of a name
UNKNOWN = "unknown"
_WEB = frozenset({"http", "https"})  # a provider's own webhook URL, as people copy it
_Form = tuple[bool, bool]  # has a user, has a path
_SCHEME = re.compile(r"[a-z0-9][a-z0-9+.-]{0,31}")
_NAME = re.compile(
    r"localhost|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{1,59})"
)


def provider_of(url: str) -> str:
    """Name the provider of a channel: its scheme, such as `twilio`, or `scheme:host`.

    The host belongs to it where the service may be anybody's own, as with `ntfys:ntfy.sh` or
    `mailto:example.org`. Some plugins take a key or a topic where others have the host: what could
    be either, and what does not look like a host, is left out. Nothing else of the URL is ever in
    the name. `ntfy:` and `ntfys:` of one host are two names: they have two front doors.
    """
    scheme = scheme_of(url)
    if scheme == UNKNOWN:
        return UNKNOWN
    host = _host(url) if _has_host(scheme, _form(url)) else None
    if host is None:
        return scheme
    return f"{scheme}:{host[-(LONGEST - len(scheme) - 1) :]}"


def scheme_of(url: str) -> str:
    """Return the part of a channel URL that may be shown and logged."""
    scheme = url.partition("://")[0].strip().casefold()
    return scheme if _SCHEME.fullmatch(scheme) else UNKNOWN


def _form(url: str) -> _Form:
    """Say whether a URL, or the plugin's pattern of one, has a user and a path."""
    place, slash, path = url.partition("://")[2].partition("?")[0].partition("/")
    return "@" in place, bool(slash and path)


def _has_host(scheme: str, form: _Form) -> bool:
    if scheme in _WEB:
        return True
    with_host, without = _forms(scheme)
    return bool(with_host) and form not in without


@lru_cache(maxsize=512)
def _forms(scheme: str) -> tuple[frozenset[_Form], frozenset[_Form]]:
    """Return the forms of a plugin's URLs that name a host, and of those that name none."""
    register()
    plugins = NotificationManager()
    shapes = [str(shape) for shape in plugins[scheme].templates] if scheme in plugins else []
    with_host = frozenset(_form(shape) for shape in shapes if "{host}" in shape)
    return with_host, frozenset(_form(shape) for shape in shapes if "{host}" not in shape)


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return None
    host = host.casefold().removesuffix(".")
    if _NAME.fullmatch(host):
        return host
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None
