"""The consistency score: a pure fold over what a couple's occurrences settled to.

For one ritual, credits v1..vn in 0..1 from oldest to newest, q = 2^(-1/8):
S = 100 * sum(v_i * q^(n-i)) / sum(q^(n-i)). It steps per occurrence, not per day, so that a
quarterly ritual kept four times is 100; excused occurrences are not in the list at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from troth.domain.states import OccurrenceState

HALF_LIFE = 8  # occurrences
DECAY = 2 ** (-1 / HALF_LIFE)
BUILDING = 5  # scored occurrences before a couple's score is shown


@dataclass(frozen=True)
class Settlement:
    """One word of the ledger on one occurrence; the newest `revision` of each holds.

    `due_at` is aware UTC; `credit` is None where the occurrence is not scored.
    """

    ritual: str
    occurrence: int
    due_at: datetime
    state: OccurrenceState
    credit: float | None
    revision: int

    @classmethod
    def from_event(cls, revision: int, data: Mapping[str, Any]) -> "Settlement":
        """Read the data of an `occurrence.settled` event; `revision` is its place in the ledger."""
        return cls(
            ritual=data["ritual"],
            occurrence=int(data["occurrence"][1:]),
            due_at=datetime.fromisoformat(data["due"]),
            state=OccurrenceState(data["state"]),
            credit=data["credit"],
            revision=revision,
        )


@dataclass(frozen=True)
class RitualStanding:
    """One ritual's score (0..100, None while nothing is scored) with its denominator."""

    ritual: str
    score: float | None
    scored: int
    excused: int
    kept: int
    partial: int
    missed: int


@dataclass(frozen=True)
class Standing:
    """A couple's score (None while building) with the rituals behind it."""

    score: float | None
    scored: int
    rituals: tuple[RitualStanding, ...]

    @property
    def building(self) -> str | None:
        """`3 of 5` until there is enough to go by, then None."""
        return f"{self.scored} of {BUILDING}" if self.scored < BUILDING else None


def ritual_score(values: Sequence[float]) -> float | None:
    """Return S in 0..100 for credits from oldest to newest, or None for an empty list."""
    if not values:
        return None
    total = share = 0.0
    for value in values:
        total = total * DECAY + 1
        share = share * DECAY + value
    return 100 * (share / total)  # in this order: 100 * share could round to above 100


def occurrence_weights(count: int) -> list[float]:
    """Return each of `count` occurrences' share of the score, oldest first; they add up to 1."""
    raw = [DECAY ** (count - i) for i in range(1, count + 1)]
    total = sum(raw)
    return [weight / total for weight in raw]


def standing(settlements: Iterable[Settlement], weights: Mapping[str, float]) -> Standing:
    """Fold the ledger's settlements, in any order of arrival, into where the couple stands.

    `weights` gives every current ritual's weight; settlements of other rituals are left out.
    """
    newest: dict[int, Settlement] = {}
    for settlement in settlements:
        held = newest.get(settlement.occurrence)
        if held is None or settlement.revision > held.revision:
            newest[settlement.occurrence] = settlement
    settled: dict[str, list[Settlement]] = {ritual: [] for ritual in weights}
    for settlement in sorted(newest.values(), key=lambda s: (s.due_at, s.occurrence)):
        if settlement.ritual in settled:
            settled[settlement.ritual].append(settlement)
    return combine(tuple(_ritual_standing(*each) for each in settled.items()), weights)


def combine(rituals: tuple[RitualStanding, ...], weights: Mapping[str, float]) -> Standing:
    """Return the couple's standing: the mean of its rituals' scores by ritual weight."""
    counted = [(weights[r.ritual], r.score) for r in rituals if r.score is not None]
    total = sum(weight for weight, _ in counted)
    scored = sum(r.scored for r in rituals)
    if scored < BUILDING or total <= 0:
        return Standing(None, scored, rituals)
    mean = sum(weight * score for weight, score in counted) / total
    return Standing(min(100.0, max(0.0, mean)), scored, rituals)


def _ritual_standing(ritual: str, settled: Sequence[Settlement]) -> RitualStanding:
    values = [s.credit for s in settled if s.credit is not None]
    states = [s.state for s in settled]
    return RitualStanding(
        ritual=ritual,
        score=ritual_score(values),
        scored=len(values),
        excused=states.count(OccurrenceState.EXCUSED),
        kept=states.count(OccurrenceState.KEPT),
        partial=states.count(OccurrenceState.PARTIAL),
        missed=states.count(OccurrenceState.MISSED),
    )
