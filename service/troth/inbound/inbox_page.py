"""The way in by the built-in inbox: what a partner writes there without a nudge in hand."""

from datetime import datetime

from troth.domain.reply import Reply
from troth.store.records import Couple, Partner

WAY = "inbox"


def reply_from_inbox(
    couple: Couple, partner: Partner, text: str, form: str, now: datetime
) -> Reply:
    """Return what was written; the same form sent twice is one reply."""
    return Reply(
        way=WAY,
        provider_id=f"p{partner.id}:{form}",
        couple_id=couple.id,
        partner_id=partner.id,
        text=text,
        received_at=now,
    )
