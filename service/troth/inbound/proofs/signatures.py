"""How requests are signed with a secret that both ends know: keyed hashes.

Whether a secret is the former one makes no difference in time: each one is always tried.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Any

from troth.inbound.hook import ForgedError, Hook, is_same


def header(hook: Hook, name: str) -> str:
    """Return a header that what is genuine has; raises ForgedError without it."""
    value = hook.headers.get(name, "")
    if not value:
        raise ForgedError(f"the header {name} is missing")
    return value


def keyed_hash(secret: str | bytes, signed: str | bytes, digest: Callable[..., Any]) -> str:
    """Return the HMAC of what is signed, in base64."""
    return base64.b64encode(_keyed(secret, signed, digest).digest()).decode()


def keyed_hex(secret: str | bytes, signed: str | bytes) -> str:
    """Return the HMAC-SHA256 of what is signed, in hexadecimal digits."""
    return _keyed(secret, signed, hashlib.sha256).hexdigest()


def is_among(given: Iterable[str], wanted: Iterable[str]) -> bool:
    """Say whether any of the secrets given is one of those wanted; none is left uncompared."""
    right = tuple(wanted)
    return sum(is_same(one, other) for one in given for other in right) > 0


def check_signature(given: Iterable[str], wanted: Iterable[str]) -> None:
    """Raise ForgedError unless one of the signatures given is one of those wanted."""
    if not is_among(given, wanted):
        raise ForgedError("the signature is wrong")


def check_hash(given: object, content: bytes) -> None:
    """Raise ForgedError unless the hexadecimal SHA-256 given is that of the content."""
    wanted = hashlib.sha256(content).hexdigest()
    if not isinstance(given, str) or not is_same(given, wanted):
        raise ForgedError("the hash is of something else")


def _keyed(secret: str | bytes, signed: str | bytes, digest: Callable[..., Any]) -> hmac.HMAC:
    key = secret.encode() if isinstance(secret, str) else secret
    text = signed.encode("utf-8", "replace") if isinstance(signed, str) else signed
    return hmac.new(key, text, digest)
