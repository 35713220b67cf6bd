"""An agreement: the latest words by either are its wording, which holds once the other says yes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.agreement import Spoken, confirmed
from troth.domain.grammar import Verb
from troth.domain.ritual import Ritual
from troth.engine.mechanisms.bringing import bring, tell_of
from troth.engine.visit import Visit, title_of
from troth.store import couples, past, replies
from troth.store.records import Occurrence, Parcel
from troth.store.replies import Acknowledgement
from troth.store.vault import Vault

LOOK_BACK = 40  # occurrences: ten years of a wording that is looked at each quarter


@dataclass(frozen=True)
class Agreed:
    """A wording to which both have said yes, sealed; written at an aware moment."""

    words_sealed: str = field(repr=False)
    at: datetime


def spoken(said: Sequence[Acknowledgement]) -> list[Spoken]:
    """Return answers as the rules of agreements read them."""
    return [
        Spoken(word.partner, word.account, word.verb is Verb.WORDS and bool(word.words_sealed))
        for word in said
    ]


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> str | None:
    """Bring a wording to the other; where it was confirmed just now, tell its author so."""
    if visit.said.verb is Verb.WORDS:
        bring(conn, visit, occurrence)
        return None
    said = spoken(replies.said_of(conn, [occurrence.id])[occurrence.id])
    now_agreed = confirmed(said)
    if now_agreed is None or now_agreed == confirmed(said[:-1]):
        return None
    tell_of(conn, visit, ritual, (visit.other,), "agreed")
    return visit.language.say("agreed", title=title_of(conn, visit, occurrence))


def enclosed(conn: Connection, vault: Vault, parcel: Parcel) -> str:
    """Return what waits for this partner's yes, or else what was agreed on last."""
    waiting = brought(conn, vault, parcel)
    if waiting or parcel.ritual_id is None:
        return waiting
    held = last_agreed(conn, parcel.ritual_id, parcel.nudge.due_at)
    return vault.open(held.words_sealed) if held else ""


def brought(conn: Connection, vault: Vault, parcel: Parcel) -> str:
    """Return the wording that the other wrote, if it is the latest."""
    occurrence_id = parcel.nudge.occurrence_id or 0
    said = replies.said_of(conn, [occurrence_id])[occurrence_id]
    wordings = [word for word, each in zip(said, spoken(said), strict=True) if each.is_wording]
    if not wordings or wordings[-1].partner == parcel.partner:
        return ""
    author = couples.load_couple(conn, parcel.nudge.couple_id).partner(wordings[-1].partner)
    name = author.name if author else wordings[-1].partner
    return f"{name}: {vault.open(wordings[-1].words_sealed or '')}"


def last_agreed(conn: Connection, ritual_id: int, now: datetime) -> Agreed | None:
    """Return what a couple agreed on last in a ritual, of its occurrences due until then."""
    newest = past.latest_of_ritual(conn, ritual_id, now, LOOK_BACK)
    said_of = replies.said_of(conn, [occurrence.id for occurrence in newest])
    for occurrence in newest:
        said = said_of[occurrence.id]
        place = confirmed(spoken(said))
        if place is not None and (words := said[place].words_sealed):
            return Agreed(words, said[place].received_at)
    return None
