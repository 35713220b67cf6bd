"""review: what follows from what occurrences settled to, each looked at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from troth.engine.mechanisms.hooks import Scene
from troth.engine.mechanisms.registry import REVIEWERS
from troth.engine.together import do_together
from troth.store import couples, occurrences, rituals
from troth.store.database import Database
from troth.store.records import Occurrence, ritual_from_json
from troth.store.vault import Vault


def review(db: Database, vault: Vault, now: datetime, limit: int = 500) -> int:
    """Look at what has settled; return how many occurrences that were.

    Settling writes a fact, and this reads it, so that the answer of somebody at the door waits for
    none of it.
    """
    with db.reading() as conn:
        waiting = occurrences.unreviewed(conn, limit)

    def review_all(conn: Connection, ids: Sequence[int]) -> int:
        ours = occurrences.take_unreviewed(conn, ids)
        for occurrence in occurrences.load_occurrences(conn, ours).values():
            _review(conn, vault, occurrence, now)
        return len(ours)

    def set_aside(conn: Connection, occurrence_id: int) -> None:
        occurrences.mark_reviewed(conn, [occurrence_id])

    return do_together(db, waiting, review_all, set_aside)


def _review(conn: Connection, vault: Vault, occurrence: Occurrence, now: datetime) -> None:
    if occurrence.is_open:
        return  # an answer was taken back meanwhile
    row = rituals.load_rituals(conn, [occurrence.ritual_id])[occurrence.ritual_id]
    couple = couples.load_couple(conn, occurrence.couple_id)
    scene = Scene(vault, couple, ritual_from_json(row.spec), now)
    for follow in REVIEWERS:
        follow(conn, scene, row, occurrence)
