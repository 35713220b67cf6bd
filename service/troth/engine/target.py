"""Which occurrence a reply is about: the linked one, by code, the only open one, or the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from troth.domain.grammar import LEGAL, Verb
from troth.domain.occurrence import Stamp
from troth.domain.reply import Reply
from troth.domain.said import Expected, Said
from troth.domain.slots import day_of
from troth.domain.states import Mechanism
from troth.domain.visible import LONGEST_TEXT
from troth.store import codes, nudges, occurrences, past, replies
from troth.store.records import Couple, Occurrence, Partner

_LOOK_BACK = timedelta(days=4)  # covers any one day, and a promise that was told of before
_MOST_RECENT = 50


@dataclass(frozen=True)
class Candidates:
    """What a reply could be about. `open` holds what its partner was asked, with its codes.

    `waiting` is the part of it on which they have said nothing yet; `closed` what their codes of
    late can still mean. What answers an old nudge is about that alone, and is outdated.
    """

    linked: Occurrence | None
    open: Sequence[tuple[Occurrence, int | None]]
    waiting: Sequence[tuple[Occurrence, int | None]]
    late: Occurrence | None
    closed: Sequence[tuple[Occurrence, int]] = ()
    is_outdated: bool = False

    @property
    def choices(self) -> Sequence[tuple[Occurrence, int | None]]:
        """Return what may be meant where nothing tells: what waits, else a second thought."""
        return self.waiting or self.open

    @property
    def any(self) -> bool:
        """Whether there is anything that a reply could be about."""
        return bool(self.linked or self.open or self.late or self.is_outdated)

    @property
    def expected(self) -> Expected:
        """Return what the parser may expect: the kind asked for, and the codes that mean one."""
        if self.linked is not None:
            stamp = self.linked.stamp
            return Expected(stamp.kind, choices=stamp.choices, is_goal=_is_goal(stamp))
        coded = {code: found.stamp for found, code in self.open if code is not None}
        only = self._only
        return Expected(
            only.stamp.kind if only else None,
            {code: stamp.kind for code, stamp in coded.items()},
            choices=only.stamp.choices if only else {},
            choices_of={code: stamp.choices for code, stamp in coded.items()},
            spent={code: occurrence.stamp.kind for occurrence, code in self.closed},
            is_goal=only is not None and _is_goal(only.stamp),
            goals=frozenset(code for code, stamp in coded.items() if _is_goal(stamp)),
        )

    def choose(self, said: Said) -> Occurrence | None:
        """Return the one occurrence that is meant, or None where none or several could be."""
        if said.verb in LEGAL:
            return None
        if self.linked is not None:
            return self.linked
        if said.code is not None:
            coded = (*self.open, *self.closed)
            return next((found for found, code in coded if code == said.code), None)
        return self._with_deck if said.verb is Verb.ANOTHER else self._only

    @property
    def _with_deck(self) -> Occurrence | None:
        """Return the only one that brought a card: no other can be given a different one."""
        drawn = [found for found, _ in self.choices if found.prompt is not None]
        return drawn[0] if len(drawn) == 1 else self._only

    @property
    def _only(self) -> Occurrence | None:
        if len(self.choices) == 1:
            return self.choices[0][0]
        return self.late if not self.open else None


def _is_goal(stamp: Stamp) -> bool:
    return stamp.mechanism is Mechanism.GOAL


def candidates(
    conn: Connection, couple: Couple, partner: Partner, reply: Reply, now: datetime
) -> Candidates:
    """Load what a partner's reply could be about."""
    nudge = nudges.load_nudge(conn, reply.nudge_id) if reply.nudge_id else None
    if nudge is not None and nudge.occurrence_id is not None:
        linked = occurrences.load_occurrences(conn, [nudge.occurrence_id])[nudge.occurrence_id]
        if nudge.is_over(now, linked):
            return Candidates(None, (), (), None, is_outdated=True)
        return Candidates(linked, (), (), None)
    open_now = occurrences.open_for(conn, couple.id, partner.id)
    waiting = [
        (occurrence, code)
        for occurrence, code in open_now
        if partner.key not in replies.acknowledgements(conn, occurrence.id)
    ]
    late = None if open_now else _latest_unanswered(conn, couple, partner, now)
    closed: Sequence[tuple[Occurrence, int]] = ()
    if any(map(str.isdigit, reply.text[:LONGEST_TEXT])):
        spent = codes.spent_codes(conn, partner.id, now - codes.CODE_REST)
        found = occurrences.load_occurrences(conn, list(spent.values()))
        closed = [(found[occurrence_id], code) for code, occurrence_id in spent.items()]
    return Candidates(None, open_now, waiting, late, closed)


def _latest_unanswered(
    conn: Connection, couple: Couple, partner: Partner, now: datetime
) -> Occurrence | None:
    """Return this day's last occurrence on which the partner has said nothing yet.

    The day is the couple's own: what is said at 00:40 still counts for the evening before.
    """
    today = day_of(now, couple.zone, couple.day_starts)
    since = now - _LOOK_BACK
    for occurrence in past.recent_of(conn, couple.id, since, now, _MOST_RECENT):
        if day_of(_day_due(occurrence), couple.zone, couple.day_starts) != today:
            continue
        if occurrence.stamp.due.get(partner.key, now) > now:
            continue  # they have not been asked yet
        if partner.key not in occurrence.stamp.first and not codes.code_of(
            conn, occurrence.id, partner.id
        ):
            continue  # a bid that has not come to them
        if partner.key not in replies.acknowledgements(conn, occurrence.id):
            return occurrence
    return None


def _day_due(occurrence: Occurrence) -> datetime:
    """Return the moment whose day is the occurrence's: of a promise, that which was promised."""
    is_promise = occurrence.stamp.promise is not None
    return max(occurrence.stamp.due.values()) if is_promise else occurrence.due_at
