"""What of an occurrence's content a page shows its reader: its topic, digest, words and numbers."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.occurrence import Stamp
from troth.domain.ritual import Ritual
from troth.domain.states import Account, AnswerKind, NudgePurpose, Visibility
from troth.engine.digest import read
from troth.engine.digests.reading import Reading
from troth.engine.shown import Word, brought, measured, numbers_shown, words_shown
from troth.store.answers import Answered
from troth.store.records import Couple, Nudge, Occurrence, Partner
from troth.store.replies import Acknowledgement
from troth.store.vault import Vault

_SAID = {
    Verb.DONE: "Done",
    Verb.NO: "It did not happen",
    Verb.SKIP: "Not this time",
    Verb.WORDS: "Answered",
    Verb.REACHED: "Reached",
    Verb.GOAL: "Answered",
    Verb.CHOICE: "Chosen",
}


@dataclass(frozen=True)
class Reader:
    """Whose page it is, and when it is read."""

    couple: Couple
    partner: Partner
    now: datetime


@dataclass(frozen=True)
class Place:
    """What a card is made of: which nudge led to which occurrence, and whose eyes read it."""

    vault: Vault = field(repr=False)
    reader: Reader
    nudge: Nudge
    occurrence: Occurrence
    ritual: Ritual | None
    alone: bool

    @property
    def unit(self) -> str:
        """What its number counts."""
        return (self.ritual.unit if self.ritual else None) or ""

    @property
    def is_asked(self) -> bool:
        """Whether its reader was asked; to who was not, only something was brought."""
        return self.reader.partner.key in self.occurrence.stamp.asks


def topic(place: Place) -> str:
    """Open what an occurrence is about, for who was asked about it."""
    sealed = place.occurrence.topic_sealed
    return place.vault.open(sealed) if sealed and place.is_asked else ""


def digest(conn: Connection, place: Place) -> str:
    """Return what a review lays before its reader, whole."""
    if place.ritual is None or place.ritual.kind is not AnswerKind.REVIEW:
        return ""
    reader = place.reader
    reading = Reading(
        place.vault,
        reader.couple,
        reader.partner,
        place.ritual,
        place.occurrence.id,
        reader.now,
        is_page=True,
    )
    return read(conn, reading)


def said(own: Acknowledgement, place: Place) -> str:
    """Return what its reader answered, in a word or two."""
    if own.verb is Verb.RATING:
        return f"{own.rating} of 10"
    if own.verb is Verb.CHOICE:
        return place.occurrence.stamp.choices.get(own.choice or "", _SAID[own.verb])
    return measured(own, place.unit) or _SAID[own.verb]


def waits_for_both(stamp: Stamp, own: Acknowledgement | None) -> bool:
    """Say whether words will be seen together; at a review only those that were written."""
    if stamp.visibility is not Visibility.REVEALED:
        return False
    if stamp.kind is AnswerKind.REVIEW:
        return own is not None and own.verb is Verb.WORDS
    return stamp.kind is AnswerKind.WORDS and (own is None or own.account is Account.DONE)


def shared(conn: Connection, place: Place, about: Answered | None) -> tuple[Word, ...]:
    """Return what both may see of it: words at once or together, numbers that both share.

    What holds is what held when they were asked for. Behind a nudge that brings something stands
    what it brings.
    """
    if about is None:
        return ()
    couple, vault = place.reader.couple, place.vault
    seen = words_shown(vault, couple, about) or numbers_shown(couple, about, place.unit)
    if seen or place.nudge.purpose is not NudgePurpose.SHARE:
        return seen
    partner = place.reader.partner
    return brought(conn, vault, couple, partner, place.occurrence.id, place.unit)
