"""Many occurrences in one transaction, shared between clocks; a bad one steps aside alone."""

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection

from troth.store.away import is_away, is_passing
from troth.store.database import Database

log = structlog.get_logger()

TOGETHER = 20  # occurrences in one transaction: a commit costs more than most of them

Work = Callable[[Connection, Sequence[int]], int]  # does what nobody else holds; says how many
SetAside = Callable[[Connection, int], None]


def do_together(db: Database, ids: Sequence[int], work: Work, set_aside: SetAside) -> int:
    """Do `work` on all of `ids`, some at a time; return on how many it was done.

    Where some fail together each is done alone, and who fails alone is set aside. A store that is
    away is nobody's fault: that is raised, and all of it is due still. Who fails alone because
    another was in the way is due still, too, and keeps nobody waiting.
    """
    parts = [ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER)]
    return sum(_do(db, part, work, set_aside) for part in parts)


def _do(db: Database, ids: Sequence[int], work: Work, set_aside: SetAside) -> int:
    try:
        with db.writing() as conn:
            return work(conn, ids)
    except Exception as error:
        if is_away(error):
            raise
        if len(ids) > 1:
            return sum(_do(db, [one], work, set_aside) for one in ids)
        if is_passing(error):
            log.warning("occurrence.put_off", occurrence=f"o{ids[0]}", error=type(error).__name__)
            return 0
        log.exception("occurrence.set_aside", occurrence=f"o{ids[0]}")
        with db.writing() as conn:
            set_aside(conn, ids[0])
        return 1
