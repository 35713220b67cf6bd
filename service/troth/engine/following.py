"""following: what an answer brings to the other partner, and what its mechanism makes of it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.occurrence import mechanism_of
from troth.domain.said import WORDED
from troth.domain.showing import are_shown
from troth.domain.states import NudgePurpose, NudgeState, Visibility
from troth.engine.mechanisms.registry import ANSWERED, BRINGING, TAKEN_BACK
from troth.engine.places import places_of, take_leave
from troth.engine.planned import SHARE_USE, nudge_about
from troth.engine.retuning import wake_one
from troth.engine.visit import Visit, ritual_of
from troth.store import channels, nudges, replies
from troth.store.records import Occurrence, Partner

_ON_ITS_WAY = (NudgeState.PLANNED, NudgeState.SENDING, NudgeState.SENT)


def share_and_follow(conn: Connection, visit: Visit, occurrence: Occurrence) -> str | None:
    """Pass on what may be seen now; return what the mechanism says back, if it says anything."""
    ritual = ritual_of(conn, occurrence)
    if ritual is None:
        return None
    wake_one(conn, visit.couple, occurrence.ritual_id, visit.now)  # whoever answers goes on
    mechanism = occurrence.stamp.mechanism or mechanism_of(ritual)
    if mechanism not in BRINGING:
        share(conn, visit, occurrence)
    answered = ANSWERED.get(mechanism) if mechanism else None
    return answered(conn, visit, occurrence, ritual) if answered else None


def follow_back(conn: Connection, visit: Visit, occurrence: Occurrence) -> None:
    """Let follow what an answer that was taken back leaves behind."""
    ritual = ritual_of(conn, occurrence)
    mechanism = occurrence.stamp.mechanism
    taken_back = TAKEN_BACK.get(mechanism) if mechanism else None
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
        wrote = [key for key, word in said.items() if word.verb is Verb.WORDS]
        if are_shown(stamp.visibility, stamp.due, wrote):
            plan_share(conn, visit, occurrence, visit.couple.partners)


def plan_share(
    conn: Connection, visit: Visit, occurrence: Occurrence, to: Sequence[Partner]
) -> None:
    """Plan one nudge a partner that brings them the other's latest words on an occurrence.

    It is composed when it leaves, so words that are mended before are brought as they are then;
    once it has left, none is planned again.
    """
    ways = channels.confirmed_channels(conn, [partner.id for partner in to])
    brought = {
        nudge.partner_id
        for nudge in nudges.nudges_of(conn, occurrence.id)
        if nudge.purpose is NudgePurpose.SHARE and nudge.state in _ON_ITS_WAY
    }
    places = places_of(conn, [visit.couple], visit.now)
    wanted = [partner for partner in to if ways[partner.id] and partner.id not in brought]
    leaves = {
        each.id: take_leave(conn, visit.couple, each, places[each.id], visit.now) for each in wanted
    }
    planned = [
        nudge_about(
            occurrence,
            partner,
            ways[partner.id][0],
            NudgePurpose.SHARE,
            leaves[partner.id],
            expires_at=leaves[partner.id] + SHARE_USE,
        )
        for partner in wanted
    ]
    nudges.plan_nudges(conn, visit.vault, planned, visit.now)
