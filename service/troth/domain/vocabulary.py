"""The words of one language for numbers, lengths, days and times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum

Phrase = tuple[str, ...]


class Day(StrEnum):
    """The days that have names. The first seven stand in the order of a week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    TODAY = "today"
    TONIGHT = "tonight"
    TOMORROW = "tomorrow"
    OVERMORROW = "overmorrow"
    WEEKEND = "weekend"
    NEXT_WEEK = "next_week"


WEEK = tuple(Day)[:7]


@dataclass(frozen=True)
class Vocabulary:
    """Normalised words and phrases, with what they mean.

    `fillers` may stand anywhere in a day, a time or a length ("on", "the", "for"); so may `at`,
    which makes 21h an hour of the clock. `by` parts a promise from its day, `but` turns an answer
    round, and `asides` say nothing by themselves ("no problem"). `clock` follows an hour, and
    `month_first` tells how 3/12 is meant.
    """

    numbers: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, timedelta] = field(default_factory=dict)
    lengths: Mapping[Phrase, timedelta] = field(default_factory=dict)
    days: Mapping[Phrase, Day] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[Phrase, time] = field(default_factory=dict)
    fillers: frozenset[str] = frozenset()
    at: frozenset[str] = frozenset()
    by: frozenset[Phrase] = frozenset()
    but: frozenset[str] = frozenset()
    asides: frozenset[Phrase] = frozenset()
    clock: frozenset[str] = frozenset()
    am: frozenset[str] = frozenset()
    pm: frozenset[str] = frozenset()
    month_first: bool = False

    def joined(self, other: "Vocabulary") -> "Vocabulary":
        """Return this vocabulary with another language's beside it, its own first."""
        return Vocabulary(
            {**other.numbers, **self.numbers},
            {**other.units, **self.units},
            {**other.lengths, **self.lengths},
            {**other.days, **self.days},
            {**other.months, **self.months},
            {**other.times, **self.times},
            self.fillers | other.fillers,
            self.at | other.at,
            self.by | other.by,
            self.but | other.but,
            self.asides | other.asides,
            self.clock | other.clock,
            self.am | other.am,
            self.pm | other.pm,
            self.month_first,
        )
