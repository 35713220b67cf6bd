"""The section on repairs: whether one is open, and nothing of what it is about."""

from sqlalchemy import Connection

from troth.engine.digests.reading import Reading
from troth.store import repairs as store


def repairs(conn: Connection, reading: Reading) -> str:
    """Say at which stage a repair is open; nothing where none is."""
    found = store.running(conn, reading.couple.id, reading.now)
    if found is None:
        return ""
    return reading.language.say("repair_at_stage", stage=found.stage.number)
