"""digest: what a review lays before one partner of the couple's own, section by section."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.brevity import bounded
from troth.domain.states import Section
from troth.engine.digests import coming, numbers, trust, words
from troth.engine.digests.agreements import agreements
from troth.engine.digests.reading import Reading
from troth.engine.digests.repair import repairs
from troth.store import couples
from troth.store.records import Parcel
from troth.store.vault import Vault

MOST_ON_A_CHANNEL = 1_200  # characters


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
