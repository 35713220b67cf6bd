"""A ritual as one couple does it, with everything its practice gives filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from troth.domain.slots import Slot, first_slot, next_slot
from troth.domain.states import AnswerKind, Mechanism, Rule, Section, Sensitivity, Visibility

ZONE_COUPLE = "couple"
ZONE_EACH = "each"


@dataclass(frozen=True)
class Step:
    """One timed part of a ritual: what to do and for how long."""

    text: str
    lasts: timedelta


@dataclass(frozen=True)
class Ritual:
    """Everything about a ritual but when it was last born. Kept whole in the store, as data.

    `zone` is `couple`, `each`, or a partner's key; `lead` is `alternate`, a partner's key, or
    None; `texts` are variants of the ask; `starts` and `until` are local dates, inclusive. Without
    a `cron` it is opened by what happens, never by the clock. A `weight` of 0 is in no score. `of`
    names the practices that a review's `digest` reads.
    """

    key: str
    practice: str
    title: str
    kind: AnswerKind
    cron: str | None
    zone: str
    window: timedelta
    rule: Rule
    remind: tuple[timedelta, ...]
    weight: float
    texts: tuple[str, ...]
    how: str
    why: str
    lead: str | None = None
    lead_texts: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    prompts_in_order: bool = False
    steps: tuple[Step, ...] = ()
    lite: str | None = None
    starts: date | None = None
    until: date | None = None
    holidays: tuple[date, ...] = ()
    sensitivity: Sensitivity = Sensitivity.OPEN
    visibility: Visibility = Visibility.REVEALED
    hint: str | None = None
    unit: str | None = None
    choices: tuple[str, ...] = ()
    digest: tuple[Section, ...] = ()
    of: tuple[str, ...] = ()
    mechanism: Mechanism | None = None

    @property
    def nudges_each(self) -> int:
        """How many nudges one occurrence may bring each partner: the ask, and the other's words."""
        brings = self.visibility in (Visibility.NOW, Visibility.REVEALED)
        return 2 if brings and self.kind in (AnswerKind.WORDS, AnswerKind.REVIEW) else 1

    def rests_on(self, day: date) -> bool:
        """Say whether no occurrence is born on this local date."""
        early = self.starts is not None and day < self.starts
        late = self.until is not None and day > self.until
        return early or late or day in self.holidays

    def rest_ends(self, day: date) -> datetime:
        """Return the last naive minute of the rest that holds on this local date, in one step.

        Stepping slot by slot to a first day years ahead would take the planner minutes.
        """
        if self.starts is not None and day < self.starts:
            day = self.starts - timedelta(days=1)
        return datetime.combine(day, time(23, 59))

    def is_over(self, day: date) -> bool:
        """Say whether the ritual's last day lies before this local date."""
        return self.until is not None and day > self.until


@dataclass(frozen=True)
class Zones:
    """A couple's zones: the shared one and each partner's own, by partner key."""

    couple: ZoneInfo
    partners: Mapping[str, ZoneInfo]

    def of(self, zone: str) -> Mapping[str, ZoneInfo]:
        """Return the zone in which each partner's due instant of a ritual is reckoned."""
        if zone == ZONE_EACH:
            return self.partners
        shared = self.couple if zone == ZONE_COUPLE else self.partners[zone]
        return dict.fromkeys(self.partners, shared)

    def name(self, zone: str) -> str:
        """Return how a ritual's zone is printed: an IANA name, or `each`."""
        if zone == ZONE_EACH:
            return ZONE_EACH
        return (self.couple if zone == ZONE_COUPLE else self.partners[zone]).key


def coming_slot(ritual: Ritual, zones: Zones, slot: Slot) -> Slot | None:
    """Return `slot`, or the first after it on a day on which the ritual does not rest."""
    day = slot.minute.date()
    while ritual.rests_on(day):
        if ritual.is_over(day) or ritual.cron is None:
            return None
        slot = next_slot(ritual.cron, zones.of(ritual.zone), ritual.rest_ends(day))
        day = slot.minute.date()
    return slot


def first_occurrence(ritual: Ritual, zones: Zones, now: datetime) -> Slot | None:
    """Return the first slot due strictly after aware `now`, or None when there is none any more."""
    if ritual.cron is None:
        return None
    return coming_slot(ritual, zones, first_slot(ritual.cron, zones.of(ritual.zone), now))


def occurrence_after(ritual: Ritual, zones: Zones, minute: datetime) -> Slot | None:
    """Return the slot that follows naive `minute`, or None when there is none any more."""
    if ritual.cron is None:
        return None
    return coming_slot(ritual, zones, next_slot(ritual.cron, zones.of(ritual.zone), minute))
