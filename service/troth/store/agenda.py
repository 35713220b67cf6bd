"""The agenda: every kind of work that falls due at a moment, said once.

A clock sleeps until the first of it, health asks whether any waits for too long, and a scrape tells
of it: what stands in AGENDA is seen by all three. Where one of them wants something else for a
reason of its own, it says so itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, func, select

from troth.domain.states import NudgeState, OccurrenceState
from troth.store.tables import nudges, occasions, occurrences, rituals
from troth.store.types import is_false


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind: `what` falls due, at which `moment` of a row, and which rows `wait` for theirs.

    `waits` is in the words of a partial index, which holds nothing but what is still to be done.
    """

    what: str
    moment: Column[datetime]
    waits: ColumnElement[bool]

    @cached_property
    def _first(self) -> Select[Any]:
        # Made once, for clocks ask at every moment: making it took longer than the look it is for.
        return select(self.moment).where(self.waits).order_by(self.moment).limit(1)

    def first(self, conn: Connection) -> datetime | None:
        """Return when the next of it is due, aware UTC; what lies in the past is overdue."""
        moment: datetime | None = conn.execute(self._first).scalar()
        return moment

    def count(self, conn: Connection, now: datetime, most: int) -> int:
        """Count what is due at aware `now`; stop counting at `most`."""
        due = select(self.moment).where(self.waits, self.moment <= now).limit(most)
        return int(conn.execute(select(func.count()).select_from(due.subquery())).scalar_one())


RITUAL = Kind("ritual", rituals.c.next_due, rituals.c.next_due.is_not(None))
NUDGE = Kind("nudge", nudges.c.not_before, nudges.c.state == NudgeState.PLANNED)
LEASE = Kind("lease", nudges.c.lease_until, nudges.c.state == NudgeState.SENDING)
OCCURRENCE = (  # announced, settled, reminded of
    Kind("occurrence", occurrences.c.due_at, is_false(occurrences.c.announced)),
    Kind("occurrence", occurrences.c.settle_at, occurrences.c.state == OccurrenceState.OPEN),
    Kind("occurrence", occurrences.c.follow_up_at, occurrences.c.follow_up_at.is_not(None)),
)
REVIEW = Kind("review", occurrences.c.settled_at, is_false(occurrences.c.reviewed))
OCCASION = Kind("occasion", occasions.c.due_at, occasions.c.opened_at.is_(None))

AGENDA = (RITUAL, NUDGE, LEASE, *OCCURRENCE, REVIEW, OCCASION)


def first_of(conn: Connection, kinds: Iterable[Kind] = AGENDA) -> datetime | None:
    """Return when the next of these is due, aware UTC."""
    return min((first for kind in kinds if (first := kind.first(conn))), default=None)
