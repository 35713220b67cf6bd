"""Which rituals a review reads: the couple's own of the practices that it names."""

from collections.abc import Collection

from sqlalchemy import Connection

from troth.domain.ritual import Ritual
from troth.engine.digests.reading import Reading
from troth.store import rituals
from troth.store.records import ritual_if_sound


def rituals_of_practices(
    conn: Connection, reading: Reading, practices: Collection[str]
) -> dict[int, Ritual]:
    """Return the couple's rituals of these practices that may be shown here, by id.

    Those that rest now count too, for what was written stays; a damaged row is left out.
    """
    found = {}
    for row in rituals.rituals_of(conn, reading.couple.id).values():
        ritual = ritual_if_sound(row.spec)
        if ritual and ritual.practice in practices and reading.may_show(ritual):
            found[int(row.id)] = ritual
    return found
