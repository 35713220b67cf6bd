"""The way in by command: `troth reply`, as if from that partner."""

import uuid
from datetime import datetime

from troth.domain.reply import Reply
from troth.store.records import Couple, Partner

WAY = "command"


def reply_from_command(couple: Couple, partner: Partner, text: str, now: datetime) -> Reply:
    """Return the reply that a partner's text on the command line is."""
    return Reply(
        way=WAY,
        provider_id=uuid.uuid4().hex,
        couple_id=couple.id,
        partner_id=partner.id,
        text=text,
        received_at=now,
    )
