"""feeling: whether a rating is met with the offer of a talk, heard only by who rated."""

from datetime import timedelta

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.ratings import LOOK_BACK, is_notable
from troth.engine.visit import Visit
from troth.store import answers, replies
from troth.store.records import Occurrence

EARLY = timedelta(days=1)  # before its moment somebody may have said it unasked


def offers_talk(conn: Connection, visit: Visit, occurrence: Occurrence) -> bool:
    """Say whether what was just rated may be worth a talk."""
    rating = visit.said.rating
    if rating is None:
        return False
    return is_notable(rating, _own(conn, visit, occurrence), _others(conn, visit, occurrence))


def _own(conn: Connection, visit: Visit, occurrence: Occurrence) -> list[int]:
    since = visit.now - LOOK_BACK
    lately = answers.answered(conn, visit.couple.id, [occurrence.ritual_id], since, visit.now)
    own = [each.said.get(visit.partner.key) for each in lately if each.id != occurrence.id]
    return [word.rating for word in own if word and word.verb is Verb.RATING and word.rating]


def _others(conn: Connection, visit: Visit, occurrence: Occurrence) -> int | None:
    """Return the other's number where it may be held beside this one.

    Only beside the first that somebody gives: who takes theirs back and tries another must not be
    able to feel for the number of the other.
    """
    since = occurrence.due_at - EARLY
    given = answers.ratings_given(conn, visit.partner.id, occurrence.id, since)
    if given > 1 or visit.now >= occurrence.ends_at:
        return None
    word = replies.acknowledgements(conn, occurrence.id).get(visit.other.key)
    if word is None or word.verb is not Verb.RATING or word.received_at >= occurrence.ends_at:
        return None
    return word.rating
