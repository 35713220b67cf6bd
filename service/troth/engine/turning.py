"""The couple's turning-toward rate, read from what was said of its bids; a figure of its own."""

from collections.abc import Sequence

from sqlalchemy import Connection

from troth.domain.states import Account, Rule
from troth.domain.turning import Turning, turning_toward
from troth.store import past, replies, rituals
from troth.store.records import Occurrence, ritual_if_sound
from troth.store.replies import Acknowledgement


def couple_turning(conn: Connection, couple_id: int) -> Turning:
    """Return how many bids were made, and answered in their window, of those that are scored.

    Like a score it goes by the newest occurrences of current rituals; nothing is kept of it.
    """
    scored = [
        occurrence
        for row in rituals.rituals_of(conn, couple_id).values()
        if row.retired_at is None and _is_bid(row.spec)
        for occurrence in past.newest_scored(conn, row.id, past.NEWEST)
    ]
    said = replies.said_of(conn, [occurrence.id for occurrence in scored])
    came = (_answered_in_time(occurrence, said[occurrence.id]) for occurrence in scored)
    return turning_toward(answer for answer in came if answer is not None)


def _is_bid(spec: object) -> bool:
    ritual = ritual_if_sound(spec)
    return ritual is not None and ritual.rule is Rule.BID


def _answered_in_time(occurrence: Occurrence, said: Sequence[Acknowledgement]) -> bool | None:
    """Say whether a bid was answered in its window; None where nobody has reached out."""
    latest = {word.partner: word.account for word in said}
    reaching = occurrence.stamp.lead or next(iter(latest), None)
    if reaching is None or latest.get(reaching) is not Account.DONE:
        return None
    answers = [w for w in said if w.partner != reaching and w.account is Account.DONE]
    stands = any(latest[word.partner] is Account.DONE for word in answers)
    return stands and answers[0].received_at < occurrence.ends_at
