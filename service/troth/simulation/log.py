"""The log of a simulation: what reached whom, what they said, and what came of it, in order.

Every moment is aware, on the clock of whom it is about: a partner's, or else the couple's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from troth.domain.grammar import Verb
from troth.domain.states import NudgePurpose
from troth.store.ledger import EventType
from troth.store.records import Couple


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    kind: ClassVar[str]
    local: datetime
    couple: str

    @property
    def at(self) -> datetime:
        """When it happened, aware UTC."""
        return self.local.astimezone(UTC)


@dataclass(frozen=True)
class Nudged(Entry):
    """A nudge arrived. `asks` is what it asks even where its channel shows nothing of it."""

    kind = "nudge"
    partner: str
    nudge: str
    purpose: NudgePurpose
    occurrence: str | None
    ritual: str | None
    practice: str | None
    title: str
    text: str
    asks: str


@dataclass(frozen=True)
class Replied(Entry):
    """A partner said something: how it was understood, and what was said back."""

    kind = "reply"
    partner: str
    to: str | None
    said: str
    verb: Verb
    answer: str


@dataclass(frozen=True)
class Unsent(Entry):
    """A nudge never left, and why."""

    kind = "unsent"
    partner: str
    nudge: str
    purpose: str
    occurrence: str | None
    reason: str


@dataclass(frozen=True)
class Settled(Entry):
    """An occurrence settled, settled anew, or was opened again."""

    kind = "settlement"
    occurrence: str
    ritual: str
    slot: str
    state: str
    reason: str | None
    credit: float | None


@dataclass(frozen=True)
class Scored(Entry):
    """The couple's score moved."""

    kind = "score"
    score: float | None
    building: str | None


_KINDS = (Nudged, Unsent, Replied, Settled, Scored)  # the order of what happens in one instant


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries as they happened; of one instant, causes before what follows from them."""
    return tuple(sorted(entries, key=lambda entry: (entry.at, _KINDS.index(type(entry)))))


def from_ledger(couple: Couple, events: Iterable[dict[str, Any]]) -> Iterable[Entry]:
    """Yield what a couple's ledger tells beside what was sent and said, as CloudEvents."""
    made = {
        EventType.NUDGE_FAILED: Unsent,
        EventType.OCCURRENCE_SETTLED: Settled,
        EventType.SCORE_CHANGED: Scored,
    }
    for event in events:
        entry, data = made.get(event["type"]), event["data"]
        if entry is None:
            continue
        told = [field.name for field in fields(entry) if field.name not in ("local", "couple")]
        local = datetime.fromisoformat(event["time"]).astimezone(_zone(couple, data.get("partner")))
        yield entry(local, couple.name, **{name: data[name] for name in told})


def _zone(couple: Couple, key: str | None) -> ZoneInfo:
    partner = couple.partner(key) if key is not None else None
    return partner.zone if partner is not None else couple.zone


def as_data(entry: Entry) -> dict[str, Any]:
    """Return an entry for programs: its kind, when it was (UTC, and local), and the rest."""
    at = entry.at.isoformat().replace("+00:00", "Z")
    return {"kind": entry.kind, "at": at, **vars(entry), "local": entry.local.isoformat()}
