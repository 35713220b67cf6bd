"""The section `agreements`: every wording to which both have said yes."""

from sqlalchemy import Connection

from troth.domain.ritual import Ritual
from troth.domain.states import Mechanism, Sensitivity
from troth.engine.digests.reading import Reading
from troth.engine.mechanisms.agreement import last_agreed
from troth.store import rituals
from troth.store.records import ritual_if_sound


def agreements(conn: Connection, reading: Reading) -> str:
    """Return each agreement's title, the day on which it was worded, and its words.

    A discreet one stands in no review that is not.
    """
    lines = []
    for row in rituals.rituals_of(conn, reading.couple.id).values():
        ritual = ritual_if_sound(row.spec)
        if ritual is None or not _belongs(ritual, reading):
            continue
        if held := last_agreed(conn, row.id, reading.now):
            lines.append(
                f"{ritual.title} ({reading.day(held.at)}): {reading.vault.open(held.words_sealed)}"
            )
    return "\n".join(lines)


def _belongs(ritual: Ritual, reading: Reading) -> bool:
    shown = reading.ritual.sensitivity is Sensitivity.DISCREET
    is_fit = shown or ritual.sensitivity is Sensitivity.OPEN
    return ritual.mechanism is Mechanism.AGREEMENT and is_fit
