"""digest: what a review lays before one partner of the couple's own, section by section."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.brevity import bounded
from troth.domain.language import Language
from troth.domain.ritual import Ritual
from troth.domain.states import Section, Sensitivity
from troth.engine.digests import coming, numbers, trust, words
from troth.engine.digests.agreements import agreements
from troth.engine.digests.repair import repairs
from troth.engine.speech import language_of
from troth.store import couples
from troth.store.records import Couple, Parcel, Partner
from troth.store.vault import Vault

MOST_ON_A_CHANNEL = 1_200  # characters


@dataclass(frozen=True)
class Reading:
    """Who reads which review, and when; `is_page` where only its reader has opened it."""

    vault: Vault = field(repr=False)
    couple: Couple
    reader: Partner
    ritual: Ritual
    occurrence_id: int
    now: datetime
    is_page: bool = False

    @property
    def language(self) -> Language:
        """The couple's language."""
        return language_of(self.couple)

    def may_show(self, ritual: Ritual) -> bool:
        """Say whether what belongs to this ritual may stand here: on a channel nothing intimate."""
        return self.is_page or ritual.sensitivity is not Sensitivity.DISCREET

    def day(self, moment: datetime) -> str:
        """Return the day of aware `moment` on the reader's clock."""
        return f"{moment.astimezone(self.reader.zone):%Y-%m-%d}"


SectionText = Callable[[Connection, Reading], str]
SECTIONS: Mapping[Section, SectionText] = {
    Section.THANKS: trust.thanks,
    Section.PROMISES: trust.promised,
    Section.WORDS: words.words,
    Section.LAST: words.last,
    Section.RATINGS: numbers.ratings,
    Section.NUMBERS: numbers.numbers,
    Section.COMING: coming.coming,
    Section.AGREEMENTS: agreements,
    Section.REPAIRS: repairs,
}


def digest(conn: Connection, vault: Vault, parcel: Parcel, now: datetime) -> str:
    """Return the sections of a review as one text; those that hold nothing are left out."""
    if parcel.ritual is None or parcel.nudge.occurrence_id is None:
        return ""
    couple = couples.load_couple(conn, parcel.nudge.couple_id)
    reader = couple.partner_by_id(parcel.nudge.partner_id)
    reading = Reading(vault, couple, reader, parcel.ritual, parcel.nudge.occurrence_id, now)
    return bounded(read(conn, reading), MOST_ON_A_CHANNEL, reading.language.say("digest_more"))


def read(conn: Connection, reading: Reading) -> str:
    """Return the whole of a review's sections."""
    texts = (
        SECTIONS[section](conn, reading) for section in reading.ritual.digest if section in SECTIONS
    )
    return "\n\n".join(text for text in texts if text)
