"""What a send is given, and what it can come to."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class Message:
    """One message for one channel. The URL is a secret: it has no place in any text."""

    url: str = field(repr=False)
    title: str = field(repr=False)
    body: str = field(repr=False)
    nudge_id: int
    partner_id: int


@dataclass(frozen=True)
class Sent:
    """The transport has accepted the message (which is not to say that it was read)."""


@dataclass(frozen=True)
class TryAgain:
    """A passing trouble.

    `after` is the provider's own wish, from a Retry-After with status 429 or 503, at most an hour:
    where it is set, everybody who sends by the same provider was asked to slow down.
    `may_have_left` when nobody can say whether the message was accepted before the trouble.
    """

    reason: str
    after: timedelta | None = None
    may_have_left: bool = False


@dataclass(frozen=True)
class Refused:
    """This channel will not take this message; the partner's next channel may."""

    reason: str


Outcome = Sent | TryAgain | Refused
