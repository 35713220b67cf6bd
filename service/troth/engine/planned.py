"""planned: a nudge about an occurrence, as the store plans it."""

from datetime import datetime, timedelta
from typing import Any

from troth.domain.states import NudgePurpose
from troth.store.records import Occurrence, Partner

SHARE_USE = timedelta(days=3)  # what the other wrote is good to read for some days


def nudge_about(
    occurrence: Occurrence,
    partner: Partner,
    channel: int | None,
    purpose: NudgePurpose,
    due_at: datetime,
    **more: object,
) -> dict[str, Any]:
    """Return a nudge to one partner, of use until the window ends unless `more` says otherwise.

    `due_at` is aware UTC; `more` are other columns of it.
    """
    return {
        "couple_id": occurrence.couple_id,
        "partner_id": partner.id,
        "occurrence_id": occurrence.id,
        "channel_id": channel,
        "purpose": purpose,
        "due_at": due_at,
        "expires_at": occurrence.ends_at,
        **more,
    }
