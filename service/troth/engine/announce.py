"""announce: occurrences whose moment has come enter the ledger. Before, they can be taken back."""

from datetime import datetime

from troth.engine import events
from troth.store import births, ledger
from troth.store.database import Database


def announce(db: Database, now: datetime, limit: int = 2_000) -> int:
    """Write into the ledger what is due at `now`; return how many occurrences that were."""
    with db.writing() as conn:
        due = births.announce(conn, now, limit)
        ledger.append(conn, [events.ritual_due(one) for one in due])
    return len(due)
