"""recall: what was born ahead of its moment is taken back, to be born anew as things now stand."""

from datetime import datetime

from sqlalchemy import Connection

from troth.store import births, couples, rituals


def recall(conn: Connection, couple_id: int, now: datetime) -> None:
    """Take back a couple's occurrences that are not due yet and of which nothing has left.

    Their rituals are due again for the same slots, so the next plan gives birth to what then
    holds: other channels, other texts, or nothing.
    """
    couples.hold(conn, [couple_id])
    taken_back = births.unbear(conn, couple_id, now)
    rituals.step_back(conn, taken_back)
