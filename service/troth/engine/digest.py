"""digest: what a review lays before one partner of the couple's own, section by section."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.ritual import Ritual
from troth.domain.states import Section
from troth.engine.digests.repair import repairs
from troth.store import couples
from troth.store.records import Couple, Parcel, Partner
from troth.store.vault import Vault


@dataclass(frozen=True)
class Reading:
    """Who reads which review, and when."""

    vault: Vault = field(repr=False)
    couple: Couple
    reader: Partner
    ritual: Ritual
    occurrence_id: int
    now: datetime


SectionText = Callable[[Connection, Reading], str]
SECTIONS: Mapping[Section, SectionText] = {
    Section.REPAIRS: repairs,
}


def digest(conn: Connection, vault: Vault, parcel: Parcel, now: datetime) -> str:
    """Return the sections of a review as one text; those that hold nothing are left out."""
    if parcel.ritual is None or parcel.nudge.occurrence_id is None:
        return ""
    couple = couples.load_couple(conn, parcel.nudge.couple_id)
    reader = couple.partner_by_id(parcel.nudge.partner_id)
    reading = Reading(vault, couple, reader, parcel.ritual, parcel.nudge.occurrence_id, now)
    texts = (SECTIONS[section](conn, reading) for section in parcel.ritual.digest)
    return "\n\n".join(text for text in texts if text)
