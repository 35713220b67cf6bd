"""What an occurrence is born with: stamped on once, so that later edits never change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from troth.domain.ritual import Ritual
from troth.domain.rules import Terms
from troth.domain.slots import Slot
from troth.domain.states import AnswerKind, Mechanism, Rule, Visibility
from troth.domain.turns import lead_of


@dataclass(frozen=True)
class Stamp:
    """The terms of one occurrence. `due` and `asks` are by partner key; times are aware UTC.

    `choices` are those offered, by key, in the couple's language; `about` holds plain facts of what
    opened it; `season` is the kind of season it was born in, which has a count of its own.
    """

    zone: str
    due: Mapping[str, datetime]
    remind: tuple[timedelta, ...]
    rule: Rule
    kind: AnswerKind
    lead: str | None
    asks: Mapping[str, str]
    visibility: Visibility
    choices: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    season: str | None = None
    mechanism: Mechanism | None = None

    @property
    def first(self) -> tuple[str, ...]:
        """The partners who are asked at its moment: of a bid only the one whose turn it is."""
        return (self.lead,) if self.rule is Rule.BID and self.lead is not None else tuple(self.due)

    @property
    def terms(self) -> Terms:
        """The part that rules judge by."""
        return Terms(self.rule, tuple(self.due), self.lead, self.promise is not None)

    @property
    def promise(self) -> str | None:
        """The id of the reply that promised it, where it is a promise."""
        return self.about.get("promise")


def stamp(ritual: Ritual, slot: Slot, zone: str, born: int, kept: int) -> Stamp:
    """Return the terms of the occurrence of `ritual` at `slot`.

    `zone` is printed with it, `born` counts the ritual's occurrences so far (each gets the next
    wording), `kept` those that were kept (turns move with them).
    """
    lead = lead_of(tuple(slot.due), ritual.lead, kept)
    asks = {partner: _ask(ritual, partner == lead, born) for partner in slot.due}
    return Stamp(
        zone,
        slot.due,
        ritual.remind,
        ritual.rule,
        ritual.kind,
        lead,
        asks,
        ritual.visibility,
        mechanism=mechanism_of(ritual),
    )


def mechanism_of(ritual: Ritual) -> Mechanism | None:
    """Return what the ritual sets going; whatever goes by the rule of a bid is one."""
    return Mechanism.BID if ritual.rule is Rule.BID else ritual.mechanism


def window_end(ritual: Ritual, slot: Slot) -> datetime:
    """Return when the occurrence's window ends: counted from the later of its due instants."""
    return slot.last_due_at + ritual.window


def _ask(ritual: Ritual, leads: bool, born: int) -> str:
    texts = ritual.lead_texts if leads and ritual.lead_texts else ritual.texts
    return texts[born % len(texts)]
