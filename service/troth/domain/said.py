"""A reply, read; and what would make sense to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from troth.domain.grammar import Verb
from troth.domain.states import AnswerKind
from troth.domain.when import When

RATINGS = range(1, 11)
WORDED = frozenset({AnswerKind.WORDS, AnswerKind.REVIEW})  # whatever is written there is an answer


@dataclass(frozen=True)
class Said:
    """A reply, read. `words` keeps the writer's spelling.

    `later` is a length or a clock time, `length` how long a pause or a quiet time lasts, `when` the
    day of a swap, a promise or a pause's end. `quoted` is what of ours a tap was on; what is only
    a tap or an emoji and says nothing (`is_reaction`, UNKNOWN) needs no answer. `choice` is the key
    of one of the choices offered, `number` a measurement, `season` a kind of season, which `ends`
    where that was said.
    """

    verb: Verb
    code: int | None = None
    rating: int | None = None
    words: str = ""
    later: timedelta | time | None = None
    length: timedelta | None = None
    when: When | None = None
    quoted: str | None = None
    is_reaction: bool = False
    choice: str | None = None
    number: float | None = None
    season: str | None = None
    ends: bool = False


@dataclass(frozen=True)
class Expected:
    """What would make sense now: the kind asked for, and what each open nudge's code asks for.

    `choices` are those offered, as they were written, by key; `choices_of` the same for each code.
    `is_goal` where it is a goal, `goals` the codes of those.
    `spent` are the codes of what was closed lately: each counts only right beside its answer.
    """

    kind: AnswerKind | None = None
    codes: Mapping[int, AnswerKind] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    choices_of: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    spent: Mapping[int, AnswerKind] = field(default_factory=dict)
    is_goal: bool = False
    goals: frozenset[int] = frozenset()

    @property
    def takes_words(self) -> bool:
        """Whether what is no verb is an answer in words."""
        return self.kind in WORDED

    def of(self, code: int) -> "Expected":
        """Return what the nudge of this code asks for."""
        choices, is_goal = self.choices_of.get(code, {}), code in self.goals
        return Expected(self.codes[code], choices=choices, is_goal=is_goal)
