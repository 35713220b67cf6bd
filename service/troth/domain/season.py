"""Seasons: dated times of a life in which rituals grow lighter, and what that does to each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from troth.domain.ritual import Ritual
from troth.domain.rules import Outcome, excused
from troth.domain.slots import instant
from troth.domain.states import Excuse, OccurrenceState, SeasonKind

EVENING = time(18, 30)  # when Troth asks on its own account
LONGEST_WINDOW = timedelta(days=60)
SPARED = frozenset({OccurrenceState.MISSED, OccurrenceState.PARTIAL})


@dataclass(frozen=True)
class SeasonTerms:
    """What a kind of season does.

    Windows are `longer` times as long, one occurrence in `every` comes, both are asked how it goes
    each `check_in`; one without an end is asked about after `length`.
    """

    longer: float
    every: int
    check_in: timedelta
    length: timedelta


AS_EVER = SeasonTerms(1.0, 1, timedelta(weeks=1), timedelta(days=90))
LIGHT = replace(AS_EVER, longer=1.5)  # what stays light when no season holds: `lite` of a tuning


@dataclass(frozen=True)
class Season:
    """One season of a couple; instants are aware UTC, `ends_at` is None until somebody says so."""

    id: int
    kind: SeasonKind
    starts_at: datetime
    ends_at: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        """Say whether it holds at an aware moment; its end does not belong to it."""
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


def holding(seasons: Iterable[Season], moment: datetime) -> list[Season]:
    """Return the seasons that hold at an aware moment, the one begun last at the end."""
    held = (season for season in seasons if season.holds_at(moment))
    return sorted(held, key=lambda season: (season.starts_at, season.id))


def together(
    seasons: Sequence[Season], terms: Mapping[SeasonKind, SeasonTerms]
) -> SeasonTerms | None:
    """Return what several seasons at once do: of each part the lighter. None where none holds."""
    known = [terms[season.kind] for season in seasons if season.kind in terms]
    if not known:
        return None
    return SeasonTerms(
        max(each.longer for each in known),
        max(each.every for each in known),
        min(each.check_in for each in known),
        min(each.length for each in known),
    )


def lighter(ritual: Ritual, terms: SeasonTerms) -> Ritual:
    """Return a ritual in its light form: the small way stands below each ask, in a longer window.

    Below, not instead: the same line each evening would soon be one that nobody reads.
    """
    window = max(ritual.window, min(ritual.window * terms.longer, LONGEST_WINDOW))
    if not ritual.lite:
        return replace(ritual, window=window)
    texts = tuple(f"{text}\n\n{ritual.lite}" for text in ritual.texts)
    led = tuple(f"{text}\n\n{ritual.lite}" for text in ritual.lead_texts)
    return replace(ritual, window=window, texts=texts, lead_texts=led)


def ease(outcome: Outcome | None, season: str | None) -> Outcome | None:
    """Return what an outcome is in the season it was born in: what was not kept is excused."""
    if season is None or outcome is None or outcome.state not in SPARED:
        return outcome
    return excused(Excuse.SEASON)


@dataclass(frozen=True)
class SeasonCount:
    """A season's own count: how many of its occurrences were asked for, and kept."""

    kind: str
    kept: int
    asked: int


def counted(settled: Iterable[tuple[str, OccurrenceState]]) -> tuple[SeasonCount, ...]:
    """Count (kind, state) of the occurrences that were kept, or excused for their season."""
    kept: dict[str, int] = {}
    asked: dict[str, int] = {}
    for kind, state in settled:
        asked[kind] = asked.get(kind, 0) + 1
        kept[kind] = kept.get(kind, 0) + (state is OccurrenceState.KEPT)
    return tuple(SeasonCount(kind, kept[kind], asked[kind]) for kind in sorted(asked))


def evening(moment: datetime, zone: ZoneInfo, days: int = 0) -> datetime:
    """Return the first early evening in `zone` not before an aware moment, so many days later."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    wanted = datetime.combine(local.date(), EVENING)
    wanted += timedelta(days=days + (instant(wanted, zone) < moment))
    return instant(wanted, zone)
