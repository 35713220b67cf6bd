"""One way in as a test of all ways sees it: how its provider writes and seals a request."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from troth.inbound.hook import Hook, HookWay

URL = "https://troth.example.org/in/way"
NEW, OLD, OTHER = (f"{name}-secret-of-thirty-two-letters-or-more" for name in ("new", "old", "odd"))


@dataclass(frozen=True)
class Message:
    """What a person sent; without a text it is a picture."""

    text: str | None = "done"
    sender: str = "+15550100"
    id: str = "message-1"


@dataclass(frozen=True)
class Seal:
    """Who makes a request: the name of their secret, when, and the id where that is sealed, too."""

    secret: str
    at: datetime
    id: str = "message-1"


def without_proofs(hook: Hook) -> list[Hook]:
    """Return the request without each of its headers, and without its query if it has one."""
    lacking = [
        replace(
            hook, headers={other: hook.headers[other] for other in hook.headers if other != one}
        )
        for one in hook.headers
    ]
    return [*lacking, replace(hook, query="")] if hook.query else lacking


@dataclass(frozen=True)
class Case:
    """A provider. `accepts` is its own library's judgement of a request."""

    name: str
    way: Callable[[str, str | None], HookWay]
    body: Callable[[Message], bytes]
    sign: Callable[[bytes, Seal], Hook]
    is_body_signed: bool = True
    is_url_signed: bool = False
    window: timedelta | None = None
    accepts: Callable[[Hook, str], bool] | None = None
    unproven: Callable[[Hook], list[Hook]] = without_proofs
