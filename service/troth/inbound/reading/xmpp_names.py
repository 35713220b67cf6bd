"""Naming the messages of one XMPP account: two are never one, and one that comes again is itself.

The id that a sender gives is no name by itself: some programs number their messages from one each
time they start, and some not at all. What the account's own server has named (XEP-0359) is named.
Else it is the id together with the time at which a server kept the message (XEP-0203), which stays
the same however often it is handed out. A message that came at once has none: it has its arrival.
"""

import uuid
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from troth.inbound.listener import mark

_IDS, _DELAY = "{urn:xmpp:sid:0}", "{urn:xmpp:delay}delay"
_MOST_DELAYS = 8
_MOST_KEPT = 200
_BEFORE_IT_WAS_KEPT = timedelta(seconds=5)  # between a server's noting a message and its arrival


@dataclass(frozen=True)
class _Arrival:
    said: str
    at: datetime
    name: str


class Names:
    """The names of one account's messages.

    What came at once may come again: a server that heard no receipt hands it out anew, and only
    then says when it came. So the latest arrivals are kept in mind, for as long as we run.
    """

    def __init__(self) -> None:
        self._arrivals: deque[_Arrival] = deque(maxlen=_MOST_KEPT)

    def of(self, stanza: Element, text: str, own: str, now: datetime) -> str:
        """Return the name of a message that says `text` to the bare address `own`.

        Its sender is part of it, resource and all, so that nobody can take another's name.
        """
        sender = stanza.get("from", "")
        given = _given_by(stanza, own)
        if given is not None:
            return mark(sender, "stanza-id", given)
        origin = stanza.find(f"{_IDS}origin-id")
        number = (origin.get("id") if origin is not None else None) or stanza.get("id")
        said = mark(sender, number or "", text)
        kept_at = _kept_at(stanza)
        if kept_at is not None:
            return self._earlier(said, kept_at) or mark(said, kept_at.isoformat())
        arrival = _Arrival(said, now, uuid.uuid4().hex)
        self._arrivals.append(arrival)
        return arrival.name

    def _earlier(self, said: str, kept_at: datetime) -> str | None:
        """Return the name of the same message, had it come at once when it was kept."""
        same = (one for one in self._arrivals if one.said == said)
        near = [(abs(one.at - kept_at), one.name) for one in same]
        apart, name = min(near, default=(timedelta.max, ""))
        return name if apart <= _BEFORE_IT_WAS_KEPT else None


def _given_by(stanza: Element, own: str) -> str | None:
    """Return the id that our own server gave: it lets nobody else speak in its name."""
    for told in stanza.findall(f"{_IDS}stanza-id"):
        if told.get("by", "").casefold() == own.casefold() and told.get("id"):
            return told.get("id")
    return None


def _kept_at(stanza: Element) -> datetime | None:
    """Return when a message was kept first; each further time that it is kept may add a stamp."""
    told = (delay.get("stamp", "") for delay in stanza.findall(_DELAY)[:_MOST_DELAYS])
    return min((moment for moment in map(_moment, told) if moment), default=None)


def _moment(stamp: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stamp)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
