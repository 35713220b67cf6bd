"""Everything that the store holds at one moment, read without the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from troth.domain.grammar import Verb
from troth.domain.rules import Outcome, judge
from troth.domain.states import NudgeState, OccurrenceState
from troth.store.nudges import TOLD
from troth.store.records import stamp_from_json
from troth.store.replies import ACCOUNTS
from troth.store.tables import channels, ledger, nudges, occurrences, partners, replies, rituals

Rows = Mapping[Any, Row[Any]]


@dataclass(frozen=True)
class Snapshot:
    """The store's rows by what they are for good: SQLite gives the numbers of deleted ones anew."""

    nudges: Rows  # by seed
    occurrences: Rows  # by id and slot
    channels: Rows
    rituals: Rows
    replies: Rows
    ledger: Rows
    keys: Mapping[int, str]  # of partners

    def nudge(self, nudge_id: int) -> Row[Any] | None:
        return next((row for row in self.nudges.values() if row.id == nudge_id), None)

    def occurrence(self, occurrence_id: int | None) -> Row[Any] | None:
        found = (row for row in self.occurrences.values() if row.id == occurrence_id)
        return next(found, None)

    def events(self, kind: str) -> list[Row[Any]]:
        return [row for row in self.ledger.values() if kind in row.type]

    def answered(self, occurrence_id: int | None) -> dict[str, Any]:
        """Each partner's last claim about an occurrence."""
        if occurrence_id is None:
            return {}
        return {
            self.keys[row.partner_id]: ACCOUNTS[Verb(row.verb)]
            for row in self.replies.values()
            if row.occurrence_id == occurrence_id and row.verb in ACCOUNTS
        }

    def reached(self, occurrence_id: int) -> set[str]:
        """The partners to whom a nudge is known to have left."""
        return {
            self.keys[row.partner_id]
            for row in self.nudges.values()
            if row.occurrence_id == occurrence_id
            and row.state == NudgeState.SENT
            and row.purpose in TOLD
        }

    def judged(self, row: Row[Any], now: datetime) -> Outcome | None:
        """What an occurrence should settle to by what is known here, at `now`."""
        terms = stamp_from_json(row.terms).terms
        said, reached = self.answered(row.id), self.reached(row.id)
        return judge(terms, said, reached, over=now >= row.ends_at)


def stands(row: Row[Any]) -> Outcome | None:
    """What an occurrence has settled to."""
    if row.state == OccurrenceState.OPEN:
        return None
    return Outcome(OccurrenceState(row.state), row.credit, row.reason)


def take(conn: Connection) -> Snapshot:
    """Read everything. Seven small queries: the model's couple has a few dozen rows."""
    born = conn.execute(select(occurrences).order_by(occurrences.c.id))
    return Snapshot(
        {row.seed: row for row in conn.execute(select(nudges).order_by(nudges.c.id))},
        {(row.id, row.slot): row for row in born},
        {row.id: row for row in conn.execute(select(channels).order_by(channels.c.id))},
        {row.id: row for row in conn.execute(select(rituals).order_by(rituals.c.id))},
        {row.id: row for row in conn.execute(select(replies).order_by(replies.c.id))},
        {row.id: row for row in conn.execute(select(ledger).order_by(ledger.c.id))},
        {row.id: row.key for row in conn.execute(select(partners.c.id, partners.c.key))},
    )
