"""What was chosen, as things stand: the newest choice of either that still holds."""

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.store import replies


def standing_choice(conn: Connection, occurrence_id: int) -> str | None:
    """Return the key of the choice that holds, or None where none was made, or was taken back."""
    said = replies.acknowledgements(conn, occurrence_id).values()
    made = [each for each in said if each.verb is Verb.CHOICE and each.choice]
    return max(made, key=lambda each: each.received_at).choice if made else None
