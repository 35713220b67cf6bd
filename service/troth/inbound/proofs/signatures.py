"""How requests are signed: keyed hashes in base64, and how long ago a request may have been made.

Whether a secret is the former one makes no difference in time: each one is always tried.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from troth.inbound.hook import ForgedError, Hook, is_same

WINDOW = timedelta(seconds=300)
_LONGEST_SECONDS = 12  # digits


def header(hook: Hook, name: str) -> str:
    """Return a header that what is genuine has; raises ForgedError without it."""
    value = hook.headers.get(name, "")
    if not value:
        raise ForgedError(f"the header {name} is missing")
    return value


def keyed_hash(secret: str | bytes, signed: str | bytes, digest: Callable[..., Any]) -> str:
    """Return the HMAC of what is signed, in base64."""
    key = secret.encode() if isinstance(secret, str) else secret
    text = signed.encode("utf-8", "replace") if isinstance(signed, str) else signed
    return base64.b64encode(hmac.new(key, text, digest).digest()).decode()


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


def seconds(written: str) -> int:
    """Return a time written in whole seconds since 1970, UTC; raises ForgedError."""
    if not (written.isascii() and written.isdigit() and len(written) <= _LONGEST_SECONDS):
        raise ForgedError("the time is not in seconds")
    return int(written)


def check_age(made_at: object, now: datetime, window: timedelta = WINDOW) -> None:
    """Raise ForgedError unless a request was made, in seconds since 1970, close to aware `now`."""
    if isinstance(made_at, bool) or not isinstance(made_at, int | float):
        raise ForgedError("it is not said when the request was made")
    if not abs(int(now.timestamp()) - made_at) <= window.total_seconds():  # nor if it is no number
        raise ForgedError("the request was made too long ago, or is yet to be made")
