"""A card: one occurrence as one of the partners may see it.

It shows what its reader said, never whether the other has answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.durations import format_duration
from troth.domain.grammar import Verb
from troth.domain.occurrence import Stamp
from troth.domain.ritual import Ritual
from troth.domain.states import (
    Account,
    AnswerKind,
    ChannelState,
    NudgePurpose,
    NudgeState,
    OccurrenceState,
    Visibility,
)
from troth.inbound.link import LATERS, SOON
from troth.store import channels, nudges, occurrences, replies, rituals
from troth.store.records import Couple, Nudge, Occurrence, Partner, ritual_from_json
from troth.store.replies import Acknowledgement
from troth.store.vault import Vault
from troth.web.moments import moment

_SAID = {
    Verb.DONE: "Done",
    Verb.NO: "It did not happen",
    Verb.SKIP: "Not this time",
    Verb.WORDS: "Answered",
}


class Look(StrEnum):
    """How a card stands for its reader."""

    WAITING = "waiting"
    ANSWERED = "answered"
    KEPT = "kept"
    OVER = "over"


@dataclass(frozen=True)
class Reader:
    """Whose page it is, and when it is read."""

    couple: Couple
    partner: Partner
    now: datetime


@dataclass(frozen=True)
class Word:
    """What somebody wrote, for a page that may show it."""

    name: str
    text: str


@dataclass(frozen=True)
class Card:
    """Everything a template shows of one occurrence, or of the question before any. Lengths and
    times are text, in the reader's own zone."""

    token: str
    look: Look
    title: str
    channel: ChannelState | None
    asks_consent: bool = False
    names: str = ""
    anchor: str = ""
    kind: AnswerKind | None = None
    ask: str = ""
    prompt: str | None = None
    how: str = ""
    why: str = ""
    lite: str | None = None
    steps: tuple[tuple[str, str], ...] = ()
    when: str = ""
    until: str = ""
    said: str = ""
    own_words: str = ""
    shared: tuple[Word, ...] = ()
    waits_for_both: bool = False
    laters: tuple[int, ...] = ()
    snoozed_until: str | None = None
    begun: bool = False
    told_steps: tuple[str, ...] = field(default=())

    @property
    def is_stopped(self) -> bool:
        """Whether its channel carries nothing until its owner takes that back."""
        return self.channel is ChannelState.STOPPED


def cards_of(
    conn: Connection, vault: Vault, reader: Reader, told: Iterable[Nudge]
) -> Sequence[Card]:
    """Return one card for each occurrence among nudges given newest first, by when it fell due."""
    newest: dict[tuple[str, int], Nudge] = {}
    for nudge in told:
        key = ("o", nudge.occurrence_id) if nudge.occurrence_id else ("n", nudge.id)
        newest.setdefault(key, nudge)
    found = occurrences.load_occurrences(conn, {i for kind, i in newest if kind == "o"})
    rows = rituals.load_rituals(conn, {occurrence.ritual_id for occurrence in found.values()})
    states = channels.channels_of(conn, [reader.partner.id])[reader.partner.id]
    by_id = {channel.id: channel.state for channel in states}
    cards = []
    for nudge in sorted(newest.values(), key=lambda one: _due(one, found), reverse=True):
        state = by_id.get(nudge.channel_id) if nudge.channel_id else None
        token = vault.token(nudge.seed)
        if nudge.purpose is NudgePurpose.TELL:
            cards.append(Card(token, Look.OVER, "Troth", state, ask=_told(vault, nudge)))
        elif nudge.occurrence_id is None:
            cards.append(_consent(token, reader, state))
        else:
            occurrence = found[nudge.occurrence_id]
            ritual = _read(rows[occurrence.ritual_id])
            cards.append(_card(conn, vault, reader, token, occurrence, ritual, state))
    return cards


def _due(nudge: Nudge, found: Mapping[int, Occurrence]) -> datetime:
    """Return when a card's matter began: a reminder does not make it younger."""
    return found[nudge.occurrence_id].due_at if nudge.occurrence_id else nudge.due_at


def _told(vault: Vault, nudge: Nudge) -> str:
    text = nudge.text or ""
    return vault.open(text) if nudge.discreet else text


def _read(row: Row[Any]) -> Ritual | None:
    """Read a ritual; one that can't be read leaves its card with the bare question."""
    try:
        return ritual_from_json(row.spec)
    except ValueError:
        return None


def _consent(token: str, reader: Reader, state: ChannelState | None) -> Card:
    look = Look.WAITING if state is ChannelState.UNCONFIRMED else Look.ANSWERED
    title = "Is it all right to write to you here?"
    return Card(token, look, title, state, asks_consent=True, names=reader.couple.name)


def _card(
    conn: Connection,
    vault: Vault,
    reader: Reader,
    token: str,
    occurrence: Occurrence,
    ritual: Ritual | None,
    state: ChannelState | None,
) -> Card:
    said = replies.acknowledgements(conn, occurrence.id)
    own = said.get(reader.partner.key)
    look = _look(occurrence, own, reader.now)
    mine = [n for n in nudges.nudges_of(conn, occurrence.id) if n.partner_id == reader.partner.id]
    shared = _shared(vault, reader.couple, occurrence.stamp, said)
    return Card(
        token=token,
        look=look,
        title=ritual.title if ritual else "Troth",
        channel=state,
        anchor=f"o{occurrence.id}",
        kind=occurrence.stamp.kind,
        ask=occurrence.stamp.asks[reader.partner.key],
        prompt=occurrence.prompt,
        **_of_ritual(ritual),
        when=moment(occurrence.stamp.due[reader.partner.key], reader.partner.zone, reader.now),
        until=moment(occurrence.ends_at, reader.partner.zone, reader.now),
        said=_said(own) if own else "",
        own_words=_words(vault, own) if own else "",
        shared=shared,
        waits_for_both=_is_revealed(occurrence.stamp) and occurrence.is_open and not _declined(own),
        laters=_laters(occurrence, reader.now),
        snoozed_until=_snoozed_until(mine, reader) if look is Look.WAITING else None,
        begun=any(n.purpose is NudgePurpose.STEP for n in mine),
        told_steps=tuple(n.text or "" for n in mine if _is_told_step(n)),
    )


def _of_ritual(ritual: Ritual | None) -> dict[str, Any]:
    if ritual is None:
        return {}
    steps = tuple((step.text, format_duration(step.lasts)) for step in ritual.steps)
    return {"how": ritual.how, "why": ritual.why, "lite": ritual.lite, "steps": steps}


def _look(occurrence: Occurrence, own: Acknowledgement | None, now: datetime) -> Look:
    if own is not None:
        return Look.ANSWERED
    if occurrence.state is OccurrenceState.KEPT:
        return Look.KEPT
    # Until its time is over it waits for its reader, whatever the other has said meanwhile.
    return Look.WAITING if now < occurrence.ends_at else Look.OVER


def _said(own: Acknowledgement) -> str:
    return f"{own.rating} of 10" if own.verb is Verb.RATING else _SAID[own.verb]


def _words(vault: Vault, word: Acknowledgement) -> str:
    return vault.open(word.words_sealed) if word.words_sealed else ""


def _declined(own: Acknowledgement | None) -> bool:
    return own is not None and own.account is not Account.DONE


def _is_revealed(stamp: Stamp) -> bool:
    return stamp.kind is AnswerKind.WORDS and stamp.visibility is Visibility.REVEALED


def _shared(
    vault: Vault, couple: Couple, stamp: Stamp, said: Mapping[str, Acknowledgement]
) -> tuple[Word, ...]:
    """Return both partners' words where they may be shown: revealed together, or at once.

    What holds is what held when they were asked for. A reason given with `skip` is no answer, and
    is never shown.
    """
    if stamp.kind is not AnswerKind.WORDS:
        return ()
    spoken = {key: word for key, word in said.items() if word.verb is Verb.WORDS}
    together = stamp.visibility is Visibility.REVEALED and len(spoken) == len(couple.partners)
    if not together and stamp.visibility is not Visibility.NOW:
        return ()
    return tuple(
        Word(partner.name, _words(vault, spoken[partner.key]))
        for partner in couple.partners
        if partner.key in spoken
    )


def _laters(occurrence: Occurrence, now: datetime) -> tuple[int, ...]:
    """Return the minutes that may be asked for: those after which there is still time."""
    if not occurrence.is_open:
        return ()
    left = occurrence.ends_at - now
    fitting = [minutes for minutes in (SOON, *LATERS) if timedelta(minutes=minutes) < left]
    return tuple(fitting[-len(LATERS) :])


def _snoozed_until(mine: Sequence[Nudge], reader: Reader) -> str | None:
    planned = [n for n in mine if n.purpose is NudgePurpose.SNOOZE]
    coming = [n.not_before for n in planned if n.state is NudgeState.PLANNED]
    return moment(coming[-1], reader.partner.zone, reader.now) if coming else None


def _is_told_step(nudge: Nudge) -> bool:
    return nudge.purpose is NudgePurpose.STEP and nudge.state is NudgeState.SENT
