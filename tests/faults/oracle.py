"""The oracle: what must have arrived, and how each occurrence must stand, whatever was done."""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Row, func, select

from tests.faults.burst import PARTNERS, Asked, Burst, asked_by
from tests.faults.partners import Partners
from tests.faults.sink import Sink
from tests.support.wire import Arrival
from troth.bootstrap import Store
from troth.domain.states import NudgePurpose, NudgeState, OccurrenceState
from troth.engine.standing import couple_standing, folded_standing
from troth.store.ledger import EventType
from troth.store.tables import ledger, nudges, occurrences, partners, replies, rituals
from troth.store.vault import token_hash

WAITING = (NudgeState.PLANNED, NudgeState.SENDING)


@dataclass
class Oracle:
    """What must come of one burst."""

    burst: Burst
    store: Store
    sink: Sink
    partners: Partners
    began: float = field(default_factory=time.time)

    # --- on the way ---

    def states(self) -> dict[str, int]:
        """How many nudges stand in each state."""
        query = select(nudges.c.state, func.count().label("many")).where(self._ritual_nudges)
        with self.store.db.reading() as conn:
            return {row.state: row.many for row in conn.execute(query.group_by(nudges.c.state))}

    def delivered(self) -> bool:
        """Whether every occurrence is born, and no nudge of it waits any more."""
        states = self.states()
        waiting = sum(states.get(state, 0) for state in WAITING)
        return sum(states.values()) >= self.burst.size.nudges and waiting == 0

    def in_hand(self) -> int:
        """How many nudges some worker has in hand, or had when it was hit."""
        query = select(func.count()).select_from(nudges)
        held = query.where(self._ritual_nudges, nudges.c.state == NudgeState.SENDING)
        with self.store.db.reading() as conn:
            return int(conn.execute(held.where(nudges.c.picked)).scalar_one())

    def snapshot(self) -> tuple[object, ...]:
        """Everything that may not change once it is over."""
        theirs = ledger.c.couple_id.in_(self.burst.ids.values())
        with self.store.db.reading() as conn:
            told = conn.execute(select(func.count()).select_from(ledger).where(theirs)).scalar()
        rows = sorted(tuple(map(str, row)) for row in self.nudges())
        return told, rows, len(self.arrivals())

    def marked(self) -> int:
        """How many nudges say of themselves that they may have been sent twice."""
        return sum(row.repeated for row in self.nudges())

    def give_up_on_what_is_not_sent(self) -> None:
        """Remember how far everything has come: what has not left by now is never to leave."""
        came = {asked_by(one) for one in self.arrivals()}
        self.burst.unsaid |= self.partners.waiting()
        for row in self.nudges():
            asked = (self._number[row.couple_id], int(row.ritual.rpartition("-")[2]))
            if row.state != NudgeState.SENT:
                known = self.burst.unrecorded if (asked, row.key) in came else self.burst.unreached
                known.add((asked, row.key))

    def arrivals(self) -> list[Arrival]:
        """The messages of this burst, in the order in which they came."""
        return [one for one in self.sink.arrivals if asked_by(one)[0][0] in self.burst.ids]

    # --- at the end ---

    def check(self) -> dict[str, Any]:
        """Hold everything against what must be; return the counts."""
        rows = self.nudges()
        arrived = self.arrivals()
        self._check_nothing_is_lost(arrived)
        doubled = self._check_what_is_doubled_is_marked(rows, arrived)
        self._check_nothing_is_in_flight(rows)
        settled = self._check_what_was_settled()
        self._check_ledger(rows)
        self._check_replies()
        self._check_scores()
        late = sorted(one.at - self.began for one in arrived)
        return {
            "nudges": len(rows),
            "arrived": len(arrived),
            "repeated": doubled,
            "marked": sum(row.repeated for row in rows),
            **{f"{state}": many for state, many in sorted(settled.items())},
            "replies": self.partners.spoken(),
            "retried posts": self.partners.failures,
            "median s": round(late[len(late) // 2], 1) if late else None,
            "last s": round(late[-1], 1) if late else None,
            "took s": round(time.time() - self.began, 1),
        }

    def _check_nothing_is_lost(self, arrived: list[Arrival]) -> None:
        everybody = {(asked, key) for asked in self.burst.asked for key in PARTNERS}
        due = everybody - self.burst.unreached
        came = {asked_by(one) for one in arrived}
        assert due - came == set(), f"{len(due - came)} lost: {sorted(due - came)[:5]}"
        assert came - due == set(), f"not due: {sorted(came - due)[:5]}"

    def _check_what_is_doubled_is_marked(self, rows: list[Row[Any]], arrived: list[Arrival]) -> int:
        """Each nudge arrives once; more often only where it says so. Returns how many did."""
        by_hash = {row.token_hash: row for row in rows}
        times = Counter(token_hash(one.token) for one in arrived)
        strange = set(times) - set(by_hash)
        assert not strange, f"{len(strange)} arrivals belong to no nudge"
        doubled = [by_hash[mark] for mark, many in times.items() if many > 1]
        silent = [row for row in doubled if not row.repeated]
        assert not silent, f"{len(silent)} came again unmarked: {[row.id for row in silent[:5]]}"
        several = Counter(asked_by(one) for one in arrived)
        extra = sum(several.values()) - len(several)
        marked = sum(row.repeated for row in rows)
        again = sum(row.attempt - 1 for row in rows if row.repeated)
        assert extra <= again, f"{extra} came again, {marked} marked, {again} attempts more"
        return extra

    def _check_nothing_is_in_flight(self, rows: list[Row[Any]]) -> None:
        left = [row.id for row in rows if row.state in WAITING or row.lease_until is not None]
        assert not left, f"{len(left)} nudges wait or are leased: {left[:5]}"
        unsent = [row for row in rows if row.state != NudgeState.SENT and not row.repeated]
        odd = [row for row in unsent if not self._may_fail(row)]
        assert not odd, f"{len(odd)} not sent: {[(row.state, row.reason) for row in odd[:5]]}"

    def _check_what_was_settled(self) -> Mapping[str, int]:
        query = select(occurrences, rituals.c.key).join(rituals)
        query = query.where(occurrences.c.couple_id.in_(self.burst.ids.values()))
        with self.store.db.reading() as conn:
            rows = conn.execute(query).all()
        found: dict[Asked, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            found[self._number[row.couple_id], int(row.key.rpartition("-")[2])].append(row)
        assert sorted(found) == sorted(self.burst.asked)
        assert all(len(born) == 1 for born in found.values()), "an occurrence was born twice"
        wrong = {}
        for asked, (row,) in found.items():
            stands = (OccurrenceState(row.state), row.reason)
            if stands != self.burst.end(asked):
                wrong[asked] = (stands, self.burst.words(asked), self.burst.end(asked))
        assert not wrong, f"{len(wrong)} settled wrongly: {list(wrong.items())[:5]}"
        return Counter(f"{row.state}:{row.reason}" if row.reason else row.state for row in rows)

    def _check_ledger(self, rows: list[Row[Any]]) -> None:
        """Each birth and each sending stands in the ledger once."""
        query = select(ledger.c.type, ledger.c.subject)
        query = query.where(ledger.c.couple_id.in_(self.burst.ids.values()))
        with self.store.db.reading() as conn:
            told = Counter((row.type, row.subject) for row in conn.execute(query))
        once = (EventType.RITUAL_DUE, EventType.NUDGE_SENT)
        twice = {entry: many for entry, many in told.items() if entry[0] in once and many > 1}
        assert not twice, f"the ledger says twice: {list(twice.items())[:5]}"
        sent = {f"n{row.id}" for row in rows if row.state == NudgeState.SENT}
        assert {subject for kind, subject in told if kind == EventType.NUDGE_SENT} == sent
        born = sum(kind == EventType.RITUAL_DUE for kind, _ in told)
        assert born == len(self.burst.asked)

    def _check_replies(self) -> None:
        """Every answer that was taken is kept, once."""
        query = select(func.count()).select_from(replies)
        query = query.where(replies.c.couple_id.in_(self.burst.ids.values()))
        with self.store.db.reading() as conn:
            kept = conn.execute(query).scalar_one()
        assert kept == self.partners.spoken()

    def _check_scores(self) -> None:
        with self.store.db.reading() as conn:
            for couple_id in self.burst.ids.values():
                stands, folded = (
                    read(conn, couple_id) for read in (couple_standing, folded_standing)
                )
                assert stands == folded, f"couple {couple_id}: {stands} is not {folded}"

    @cached_property
    def _number(self) -> dict[int, int]:
        return {couple_id: number for number, couple_id in self.burst.ids.items()}

    def _may_fail(self, row: Row[Any]) -> bool:
        """Nobody takes it, or its partner's next channel had to bring the same."""
        number = self._number[row.couple_id]
        one = ((number, int(row.ritual.rpartition("-")[2])), row.key)
        return one in self.burst.unreached or len(self.burst.ways(number)) > 1

    @property
    def _ritual_nudges(self) -> Any:
        theirs = nudges.c.couple_id.in_(self.burst.ids.values())
        return theirs & (nudges.c.purpose == NudgePurpose.RITUAL)

    def nudges(self) -> list[Row[Any]]:
        """The rituals' own nudges, each with its partner's `key` and its `ritual`'s."""
        query = select(nudges, partners.c.key, rituals.c.key.label("ritual"))
        query = query.join(partners, partners.c.id == nudges.c.partner_id)
        query = query.join(occurrences, occurrences.c.id == nudges.c.occurrence_id)
        query = query.join(rituals, rituals.c.id == occurrences.c.ritual_id)
        with self.store.db.reading() as conn:
            return list(conn.execute(query.where(self._ritual_nudges)))
