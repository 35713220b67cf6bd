"""What comes back, before anybody has read what it says: see parse for that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from troth.domain.said import Said
from troth.domain.states import Sensitivity

LINK = "link"  # the way in by an answer link: its presses are people's, not a provider's
TOKEN_USE = timedelta(days=14)  # how long after its time an answer link still takes an answer


@dataclass(frozen=True)
class Reply:
    """Anything that comes back, by any way in.

    `way` names the way in and `provider_id` the message within it: together they come once.
    `nudge_id` is set where a link or a thread tells which nudge is meant, `channel_id` where one
    channel is known; `said` where a button leaves nothing to be read. `screen` is what may
    stand where the answer will: None on a page, which only its reader has opened. `tap` names a
    tap where its provider does, in the reply that it is and in the one that takes it away.
    """

    way: str
    provider_id: str
    couple_id: int
    partner_id: int
    text: str
    received_at: datetime
    nudge_id: int | None = None
    channel_id: int | None = None
    said: Said | None = None
    screen: Sensitivity | None = None
    tap: str | None = None
