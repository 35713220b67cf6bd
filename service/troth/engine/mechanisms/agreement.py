"""An agreement: the latest words by either are its wording, which holds once the other says yes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.agreement import Spoken, confirmed
from troth.domain.grammar import Verb
from troth.domain.ritual import Ritual
from troth.domain.states import Visibility
from troth.engine.mechanisms.bringing import bring, is_shown, tell_of
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


def spoken(
    said: Sequence[Acknowledgement], arrived: Sequence[tuple[str, datetime]] = ()
) -> list[Spoken]:
    """Return answers as the rules of agreements read them.

    `arrived` is what has left to whom, and when: a yes is to words that had come by then.
    """
    told: list[Spoken] = []
    wording: Acknowledgement | None = None
    for word in said:
        is_wording = word.verb is Verb.WORDS and bool(word.words_sealed)
        is_read = wording is None or _has_read(word, wording, arrived)
        told.append(Spoken(word.partner, word.account, is_wording, is_read))
        wording = word if is_wording else wording
    return told


def heard_of(conn: Connection, found: Sequence[Occurrence]) -> dict[int, list[Spoken]]:
    """Return what was said of occurrences, as the rules of agreements read it."""
    ids = [occurrence.id for occurrence in found]
    said, arrived = replies.said_of(conn, ids), past.arrivals(conn, ids)
    return {
        each.id: spoken(
            said[each.id], arrived[each.id] if each.stamp.visibility is Visibility.NOW else ()
        )
        for each in found
    }


def _has_read(
    word: Acknowledgement, wording: Acknowledgement, arrived: Sequence[tuple[str, datetime]]
) -> bool:
    since, until = wording.received_at, word.received_at
    return word.partner == wording.partner or any(
        key == word.partner and since <= at < until for key, at in arrived
    )


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> str | None:
    """Bring a wording to the other; where it was confirmed just now, tell its author so."""
    if visit.said.verb is Verb.WORDS:
        bring(conn, visit, occurrence)
        return None
    said = heard_of(conn, [occurrence])[occurrence.id]
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
    if not wordings or wordings[-1].partner == parcel.partner or not is_shown(parcel):
        return ""
    author = couples.load_couple(conn, parcel.nudge.couple_id).partner(wordings[-1].partner)
    name = author.name if author else wordings[-1].partner
    return f"{name}: {vault.open(wordings[-1].words_sealed or '')}"


def last_agreed(conn: Connection, ritual_id: int, now: datetime) -> Agreed | None:
    """Return what a couple agreed on last in a ritual, of its occurrences due until then."""
    newest = past.latest_of_ritual(conn, ritual_id, now, LOOK_BACK)
    said_of = replies.said_of(conn, [occurrence.id for occurrence in newest])
    heard = heard_of(conn, newest)
    for occurrence in newest:
        said = said_of[occurrence.id]
        place = confirmed(heard[occurrence.id])
        if place is not None and (words := said[place].words_sealed):
            return Agreed(words, said[place].received_at)
    return None
