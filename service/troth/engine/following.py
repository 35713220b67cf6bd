"""following: what an answer brings to the other partner, and what its mechanism makes of it."""

from datetime import timedelta

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.states import AnswerKind, NudgePurpose, Visibility
from troth.engine.mechanisms.registry import ANSWERED, TAKEN_BACK
from troth.engine.places import places_of
from troth.engine.visit import Visit, ritual_of
from troth.store import channels, nudges, replies
from troth.store.records import Occurrence, Partner

SHARE_USE = timedelta(days=3)  # what the other wrote is good to read for some days
WORDED = frozenset({AnswerKind.WORDS, AnswerKind.REVIEW})


def share_and_follow(conn: Connection, visit: Visit, occurrence: Occurrence) -> str | None:
    """Pass on what may be seen now; return what the mechanism says back, if it says anything."""
    ritual = ritual_of(conn, occurrence)
    if ritual is None:
        return None
    share(conn, visit, occurrence)
    answered = ANSWERED.get(ritual.mechanism) if ritual.mechanism else None
    return answered(conn, visit, occurrence, ritual) if answered else None


def follow_back(conn: Connection, visit: Visit, occurrence: Occurrence) -> None:
    """Let follow what an answer that was taken back leaves behind."""
    ritual = ritual_of(conn, occurrence)
    taken_back = TAKEN_BACK.get(ritual.mechanism) if ritual and ritual.mechanism else None
    if taken_back is not None and ritual is not None:
        taken_back(conn, visit, occurrence, ritual)


def share(conn: Connection, visit: Visit, occurrence: Occurrence) -> None:
    """Bring each partner the other's words once they may be seen: at once, or both together."""
    stamp = occurrence.stamp
    if stamp.kind not in WORDED or visit.said.verb is not Verb.WORDS:
        return
    if stamp.visibility is Visibility.NOW:
        plan_share(conn, visit, occurrence, [visit.other])
    if stamp.visibility is Visibility.REVEALED:
        said = replies.acknowledgements(conn, occurrence.id)
        if all(key in said and said[key].verb is Verb.WORDS for key in stamp.due):
            plan_share(conn, visit, occurrence, visit.couple.partners)


def plan_share(
    conn: Connection, visit: Visit, occurrence: Occurrence, to: list[Partner] | tuple[Partner, ...]
) -> None:
    """Plan one nudge a partner that brings them the other's latest words on an occurrence."""
    ways = channels.confirmed_channels(conn, [partner.id for partner in to])
    brought = {
        nudge.partner_id
        for nudge in nudges.nudges_of(conn, occurrence.id)
        if nudge.purpose is NudgePurpose.SHARE
    }
    places = places_of(conn, [visit.couple], visit.now)
    wanted = [partner for partner in to if ways[partner.id] and partner.id not in brought]
    leaves = {partner.id: places[partner.id].take_next(visit.now) for partner in wanted}
    planned = [
        {
            "couple_id": visit.couple.id,
            "partner_id": partner.id,
            "occurrence_id": occurrence.id,
            "channel_id": ways[partner.id][0],
            "purpose": NudgePurpose.SHARE,
            "due_at": leaves[partner.id],
            "expires_at": leaves[partner.id] + SHARE_USE,
        }
        for partner in wanted
    ]
    nudges.plan_nudges(conn, visit.vault, planned, visit.now)
