"""What the verbs return: rows as plain frozen data in the domain's own types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from troth.domain.occurrence import Stamp
from troth.domain.quiet import QuietHours
from troth.domain.reply import TOKEN_USE
from troth.domain.ritual import Ritual, Zones
from troth.domain.states import (
    ChannelState,
    Excuse,
    NudgePurpose,
    NudgeState,
    OccurrenceState,
    Sensitivity,
)

_rituals = TypeAdapter(Ritual)
_stamps = TypeAdapter(Stamp)


def ritual_to_json(ritual: Ritual) -> dict[str, Any]:
    """Return a ritual as the store keeps it."""
    data: dict[str, Any] = _rituals.dump_python(ritual, mode="json")
    return data


def ritual_from_json(data: object) -> Ritual:
    """Read a ritual back; raises ValueError when the row is damaged."""
    return _rituals.validate_python(data)


def ritual_if_sound(data: object) -> Ritual | None:
    """Read a ritual back; None when the row is damaged, for who can do without it."""
    try:
        return ritual_from_json(data)
    except ValueError:
        return None


@lru_cache(maxsize=4_096)
def ritual_from_text(text: str) -> Ritual:
    """Read a ritual back from its JSON text. Most couples' evening talk is the same one."""
    return _rituals.validate_json(text)


def stamp_to_json(stamp: Stamp) -> dict[str, Any]:
    """Return an occurrence's terms as the store keeps them."""
    data: dict[str, Any] = _stamps.dump_python(stamp, mode="json")
    return data


def stamp_from_json(data: object) -> Stamp:
    """Read an occurrence's terms back; raises ValueError when the row is damaged."""
    return _stamps.validate_python(data)


@lru_cache(maxsize=4_096)
def stamp_from_text(text: str) -> Stamp:
    """Read an occurrence's terms back from their JSON text."""
    return _stamps.validate_json(text)


@dataclass(frozen=True)
class Partner:
    """One of a couple's two."""

    id: int
    key: str
    name: str
    zone: ZoneInfo
    quiet: QuietHours | None
    seed: str
    most_a_day: int = 3  # unprompted nudges

    def is_quiet(self, now: datetime) -> bool:
        """Whether aware `now` lies in the partner's quiet hours."""
        return self.quiet is not None and self.quiet.over_at(now, self.zone) is not None


@dataclass(frozen=True)
class Couple:
    """A couple with its partners, in the order of its file, and what is their own, sealed."""

    id: int
    name: str
    zone: ZoneInfo
    day_starts: time
    language: str
    partners: tuple[Partner, ...]
    customs: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def zones(self) -> Zones:
        """The zones that the domain reckons with."""
        return Zones(self.zone, {partner.key: partner.zone for partner in self.partners})

    def partner(self, key: str) -> Partner | None:
        """Return the partner of this key, or else of this name, in any case."""
        wanted = key.casefold()
        keyed = [partner for partner in self.partners if partner.key.casefold() == wanted]
        named = [partner for partner in self.partners if partner.name.casefold() == wanted]
        return next(iter(keyed + named), None)

    def partner_by_id(self, partner_id: int) -> Partner:
        """Return the partner of this row."""
        return next(partner for partner in self.partners if partner.id == partner_id)


@dataclass(frozen=True)
class Channel:
    """One way to reach one partner. The URL stays sealed until a send."""

    id: int
    partner_id: int
    position: int
    scheme: str
    url_sealed: str
    sensitivity: Sensitivity
    state: ChannelState
    is_retired: bool
    answers_by: str | None = None


@dataclass(frozen=True)
class RitualRow:
    """A ritual with where it stands in its schedule; `spec` is its JSON text.

    `tuned` is what was changed on it by reply, as `domain.tuning` reads it.
    """

    id: int
    couple_id: int
    spec: str
    born: int
    kept: int
    next_slot: str
    tuned: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Occurrence:
    """An occurrence as it stands."""

    id: int
    ritual_id: int
    couple_id: int
    slot: str
    due_at: datetime
    ends_at: datetime
    stamp: Stamp
    prompt: str | None
    state: OccurrenceState
    reason: Excuse | None
    credit: float | None
    topic_sealed: str | None = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether it has not settled yet."""
        return self.state is OccurrenceState.OPEN


@dataclass(frozen=True)
class Due:
    """An occurrence whose moment has come; `ritual` is its ritual's key."""

    id: int
    couple_id: int
    ritual: str
    slot: str
    due_at: datetime


@dataclass(frozen=True)
class Nudge:
    """A nudge as it stands."""

    id: int
    couple_id: int
    partner_id: int
    occurrence_id: int | None
    channel_id: int | None
    purpose: NudgePurpose
    text: str | None
    due_at: datetime
    not_before: datetime
    expires_at: datetime
    state: NudgeState
    reason: str | None
    attempt: int
    failures: int
    repeated: bool
    sent_at: datetime | None
    code: int | None
    seed: str
    discreet: bool = False
    prompted: bool = False

    def is_over(self, now: datetime, occurrence: Occurrence | None = None) -> bool:
        """Say whether it is too old to take an answer; of a moved occurrence the new end counts."""
        ends_at = occurrence.ends_at if occurrence else self.expires_at
        return now >= ends_at + TOKEN_USE


@dataclass(frozen=True)
class Parcel:
    """A nudge in hand, with all that the decision to send it and its message need.

    `partner` is a key, `asks` what the occurrence asks of them; `names` is the couple's name.
    A nudge about the service itself has no ritual, and `is_open` is true then. `enclosed` is what
    goes with it of the couple's own, opened for this one partner.
    """

    nudge: Nudge
    names: str
    language: str
    partner: str
    zone: ZoneInfo
    quiet: QuietHours | None
    channel: Channel | None
    provider: str
    ritual: Ritual | None
    asks: str
    prompt: str | None
    is_open: bool
    answered: bool
    paused_until: datetime | None = None
    choices: tuple[str, ...] = ()
    topic_sealed: str | None = field(default=None, repr=False)
    enclosed: str = field(default="", repr=False)
    stamp: Stamp | None = None
    ritual_id: int | None = None

    def is_paused(self, now: datetime) -> bool:
        """Whether the partner has asked for a pause that holds at aware `now`."""
        return self.paused_until is not None and now < self.paused_until
