"""Which nudge a reaction or a reply quotes: told by its link, else by what it said."""

import re

from sqlalchemy import Connection

from troth.domain.visible import visible_text
from troth.store import nudges
from troth.store.parcels import load_parcels
from troth.store.records import Channel, Nudge, Parcel

MOST = 30  # nudges of one channel that are compared
_LINK = re.compile(r"/r/([a-z2-7]{32})(?![a-z2-7])")


def quoted_nudge(conn: Connection, channel: Channel, quoted: str) -> Nudge | None:
    """Return the latest nudge by this channel that said what is quoted, perhaps cut short."""
    link = _LINK.search(quoted)
    if link is not None:
        nudge = nudges.find_nudge(conn, link[1])
        return nudge if nudge and nudge.partner_id == channel.partner_id else None
    words = _words(quoted)
    if not words:
        return None
    sent = nudges.sent_by(conn, channel.id, MOST)
    parcels = sorted(load_parcels(conn, sent), key=lambda each: each.nudge.id, reverse=True)
    return next((each.nudge for each in parcels if words in _words(_said(each))), None)


def _said(parcel: Parcel) -> str:
    title = parcel.ritual.title if parcel.ritual else ""
    return "\n".join((title, parcel.nudge.text or parcel.asks, parcel.prompt or ""))


def _words(text: str) -> str:
    """Return a text as it is compared: its words only, in one case."""
    return " ".join(re.findall(r"\w+", visible_text(text).casefold()))
