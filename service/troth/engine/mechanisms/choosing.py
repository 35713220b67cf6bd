"""What was chosen, as things stand: the newest choice of either that still holds."""

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.store import replies


def standing_choice(conn: Connection, occurrence_id: int) -> str | None:
    """Return the key of the choice that holds, or None where none was made, or was taken back."""
    said = replies.said_of(conn, [occurrence_id])[occurrence_id]
    latest = {each.partner: each for each in said}
    made = [
        each
        for each in said  # in the order of coming, for clocks may go back
        if each is latest[each.partner] and each.verb is Verb.CHOICE and each.choice
    ]
    return made[-1].choice if made else None
