"""unsaid: thanks and promises that are taken back within their minutes, as if never said."""

from datetime import timedelta

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.engine.mechanisms import promise
from troth.engine.visit import Visit
from troth.store import nudges, trust


def unsay(conn: Connection, visit: Visit, within: timedelta) -> str | None:
    """Take back what the partner said last, if that was thanks or a promise; else None.

    A tap, a code, or the link of something that was asked says that it is an answer they mean.
    """
    if visit.said.is_reaction or visit.said.code is not None or _is_about_one(conn, visit):
        return None
    left = trust.take_back(conn, visit.partner.id, visit.now - within, visit.now)
    if left is None:
        return None
    if left.verb is Verb.PROMISE:
        promise.take_back(conn, visit, left.id)
    return visit.language.say("unsaid")


def _is_about_one(conn: Connection, visit: Visit) -> bool:
    nudge = nudges.load_nudge(conn, visit.reply.nudge_id) if visit.reply.nudge_id else None
    return nudge is not None and nudge.occurrence_id is not None
