"""Requests by which providers hand messages in: what every such way in has in common.

A way in verifies the raw bytes against its secrets before it looks at what they say. Whom a message
comes from, what it means and what is answered is decided behind the one door.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from troth.domain.incoming import Incoming


@dataclass(frozen=True)
class Hook:
    """A request as it came. `url` is our configured public one without its query, never Host's.

    Header names are lower-case; `query` is the raw query string.
    """

    method: str
    url: str
    query: str
    headers: Mapping[str, str]
    body: bytes


OK = 200  # for those who take an empty 204 for a failure, and come again


@dataclass(frozen=True)
class Received:
    """What a request brought. Without an `answer` it gets an empty 204, for some send that on.

    `status` is that of the empty answer: some take a 204 for a failure and come again. With an
    `answer` it is a 200 in any case.
    """

    messages: tuple[Incoming, ...] = ()
    answer: str = ""
    media: str = "text/plain"
    status: int = 204


class ForgedError(Exception):
    """The request is not signed by whom it says it is from, or was too long ago. Says no secret."""


class UnreadableError(Exception):
    """The request is genuine, as far as that can be told, and not what its provider documents."""


class AskAgainError(Exception):
    """Trouble of ours, not theirs: nothing can be said of the request now. It is a 503, never 4xx,
    for several providers drop what is refused and come again to who is out of order."""


class WaySettings(BaseModel):
    """What a way in has to be told. Each way's own model adds its secrets; they are never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class HookWay(Protocol):
    """One provider's requests."""

    name: ClassVar[str]

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a request that came at aware `now`; raise Forged- or UnreadableError.

        AskAgainError comes only from a way that has to fetch something of its provider's.
        """
        ...


def is_same(given: str, wanted: str) -> bool:
    """Compare secrets without telling by the time taken where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
