"""telling: Troth says something of its own, which asks for no answer."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from troth.domain.states import NudgePurpose
from troth.engine.places import places_of, take_leave
from troth.store import channels, nudges
from troth.store.records import Couple
from troth.store.vault import Vault

TELL_USE = timedelta(days=2)
A_DAY = timedelta(days=1)


def tell(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    texts: Mapping[str, str],
    now: datetime,
    *,
    lasts: timedelta = TELL_USE,
    is_discreet: bool = False,
    prompted: Collection[str] = (),
    topic: str | None = None,
) -> None:
    """Plan what is said to each partner, by key, for as long as it is of use.

    What `is_discreet` stands on no screen but its page, and is sealed until then; `prompted` are
    those who have just asked for it, so that their quiet hours give way. Who has had as much as
    they want today gets it on a morning that has room for it. What waits still of the same
    `topic` gives way to this.
    """
    if topic is not None:
        theirs = [partner.id for partner in couple.partners if partner.key in texts]
        nudges.drop_waiting(conn, theirs, topic)
    places = places_of(conn, [couple], now)
    ways = channels.confirmed_channels(conn, [partner.id for partner in couple.partners])
    waits = lasts > A_DAY  # what is of use today alone does not wait for tomorrow
    planned = []
    for partner in (each for each in couple.partners if each.key in texts and ways[each.id]):
        leaves = take_leave(conn, couple, partner, places[partner.id], now) if waits else now
        nudge = {
            "couple_id": couple.id,
            "partner_id": partner.id,
            "occurrence_id": None,
            "channel_id": ways[partner.id][0],
            "purpose": NudgePurpose.TELL,
            "text": vault.seal(texts[partner.key]) if is_discreet else texts[partner.key],
            "discreet": is_discreet,
            "prompted": partner.key in prompted,
            "topic": topic,
            "due_at": leaves,
            "expires_at": leaves + lasts,
        }
        planned.append(nudge)
    nudges.plan_nudges(conn, vault, planned, now)
