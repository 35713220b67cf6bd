"""sharing: `share` lets the other see one's number, once both have said so of one occurrence."""

from datetime import timedelta

from sqlalchemy import Connection

from troth.engine.following import plan_share
from troth.engine.visit import Visit
from troth.store import answers, codes, nudges, occurrences
from troth.store.answers import NUMBERED

SHARE_WITHIN = timedelta(days=7)


def share(conn: Connection, visit: Visit) -> str:
    """Keep that somebody wants their number to be seen; where both do, bring both to both."""
    about = _meant(conn, visit)
    found = answers.answered_on(conn, about) if about is not None else None
    own = found.said.get(visit.partner.key) if found else None
    if about is None or own is None or own.verb not in NUMBERED:
        answers.tie(conn, visit.reply, None)
        return visit.language.say("share_nothing")
    answers.tie(conn, visit.reply, about)
    both = answers.answered_on(conn, about)
    if both is None or not both.are_numbers_shared:
        return visit.language.say("share_waits")
    occurrence = occurrences.load_occurrences(conn, [about])[about]
    plan_share(conn, visit, occurrence, visit.couple.partners)
    return visit.language.say("shared")


def _meant(conn: Connection, visit: Visit) -> int | None:
    """Return of which occurrence: the link's, the code's, or that of the last number."""
    nudge = nudges.load_nudge(conn, visit.reply.nudge_id) if visit.reply.nudge_id else None
    if nudge is not None and nudge.occurrence_id is not None:
        return nudge.occurrence_id
    if visit.said.code is not None:
        return codes.coded(conn, visit.partner.id, visit.said.code)
    return answers.latest_number(conn, visit.partner.id, visit.now - SHARE_WITHIN)
