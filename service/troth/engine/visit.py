"""Somebody at the door: who, about what, when; and what they may be told of it."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.language import UNNAMED, Language
from troth.domain.reply import Reply
from troth.domain.ritual import Ritual
from troth.domain.said import Said
from troth.domain.states import Sensitivity
from troth.store import rituals
from troth.store.records import Couple, Occurrence, Partner, ritual_if_sound
from troth.store.vault import Vault


@dataclass(frozen=True)
class Visit:
    """Somebody at the door: who, about what, when."""

    vault: Vault = field(repr=False)
    couple: Couple
    partner: Partner
    language: Language
    reply: Reply
    said: Said
    now: datetime
    reply_id: int = 0

    @property
    def other(self) -> Partner:
        """The partner who is not at the door."""
        return next(each for each in self.couple.partners if each.id != self.partner.id)

    @property
    def tap(self) -> str | None:
        """Return what names the tap that this is, or takes away; None for what is written.

        Where its provider has no name for it, it is the tap of its partner on that nudge.
        """
        if self.reply.tap is not None or not self.said.is_reaction:
            return self.reply.tap
        return None if self.reply.nudge_id is None else f"n{self.reply.nudge_id}"


def ritual_of(conn: Connection, occurrence: Occurrence) -> Ritual | None:
    """Return the ritual, or None where its row is damaged: a reply counts all the same."""
    rows = rituals.load_rituals(conn, [occurrence.ritual_id])
    return ritual_if_sound(rows[occurrence.ritual_id].spec)


def title_of(conn: Connection, visit: Visit, occurrence: Occurrence, unnamed: str = UNNAMED) -> str:
    """Name an occurrence as far as it may be named where this is said."""
    return named(visit, ritual_of(conn, occurrence), unnamed)


def named(visit: Visit, ritual: Ritual | None, unnamed: str = UNNAMED) -> str:
    """Name a ritual as far as it may be named where the answer to this visit will stand."""
    if ritual is None:  # its row is damaged
        return unnamed
    screen = visit.reply.screen
    may_name = screen is None or Sensitivity.DISCREET not in (screen, ritual.sensitivity)
    return ritual.title if may_name else unnamed
