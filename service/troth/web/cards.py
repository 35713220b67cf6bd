"""A card: one occurrence as one of the partners may see it.

It shows what its reader said, never whether the other has answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from troth.domain.durations import format_duration
from troth.domain.language import UNNAMED
from troth.domain.ritual import Ritual
from troth.domain.states import (
    AnswerKind,
    ChannelState,
    Mechanism,
    NudgePurpose,
    NudgeState,
    OccurrenceState,
)
from troth.engine.shown import Word, opened
from troth.inbound.link import LATERS, SOON
from troth.store import answers, channels, nudges, occurrences, rituals
from troth.store.answers import NUMBERED
from troth.store.records import Nudge, Occurrence, ritual_if_sound
from troth.store.replies import Acknowledgement
from troth.store.vault import Vault
from troth.web.content import Place, Reader, digest, said, shared, topic, waits_for_both
from troth.web.moments import moment


class Look(StrEnum):
    """How a card stands for its reader."""

    WAITING = "waiting"
    ANSWERED = "answered"
    KEPT = "kept"
    OVER = "over"


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
    topic: str = field(default="", repr=False)
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
    tells: bool = False  # Troth says something, and asks for nothing
    digest: str = field(default="", repr=False)
    choices: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    may_share: bool = False
    may_draw: bool = False
    may_agree: bool = False
    may_reach: bool = False

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
            text = _told(vault, nudge)
            cards.append(Card(token, Look.OVER, UNNAMED, state, ask=text, tells=True))
        elif nudge.occurrence_id is None:
            cards.append(_consent(token, reader, state))
        else:
            occurrence = found[nudge.occurrence_id]
            ritual = ritual_if_sound(rows[occurrence.ritual_id].spec)
            place = Place(vault, reader, nudge, occurrence, ritual, alone=len(newest) == 1)
            cards.append(_card(conn, place, token, state))
    return cards


def _due(nudge: Nudge, found: Mapping[int, Occurrence]) -> datetime:
    """Return when a card's matter began: a reminder does not make it younger."""
    return found[nudge.occurrence_id].due_at if nudge.occurrence_id else nudge.due_at


def _told(vault: Vault, nudge: Nudge) -> str:
    text = nudge.text or ""
    return vault.open(text) if nudge.discreet else text


def _consent(token: str, reader: Reader, state: ChannelState | None) -> Card:
    look = Look.WAITING if state is ChannelState.UNCONFIRMED else Look.ANSWERED
    title = "Is it all right to write to you here?"
    return Card(token, look, title, state, asks_consent=True, names=reader.couple.name)


def _card(conn: Connection, place: Place, token: str, state: ChannelState | None) -> Card:
    reader, occurrence, ritual = place.reader, place.occurrence, place.ritual
    vault, stamp, key = place.vault, occurrence.stamp, reader.partner.key
    about = answers.answered_on(conn, occurrence.id)
    own = about.said.get(key) if about else None
    look = _look(occurrence, own, reader.now)
    mine = [n for n in nudges.nudges_of(conn, occurrence.id) if n.partner_id == reader.partner.id]
    return Card(
        token=token,
        look=look,
        title=ritual.title if ritual else UNNAMED,
        channel=state,
        anchor=f"o{occurrence.id}",
        kind=stamp.kind,
        ask=_asked(place),
        prompt=occurrence.prompt,
        **_of_ritual(ritual),
        when=moment(stamp.due.get(key, occurrence.due_at), reader.partner.zone, reader.now),
        until=moment(occurrence.ends_at, reader.partner.zone, reader.now),
        said=said(own, place) if own else "",
        own_words=opened(vault, own) if own else "",
        shared=shared(conn, place, about),
        waits_for_both=waits_for_both(stamp, own) and occurrence.is_open,
        laters=_laters(occurrence, reader.now),
        snoozed_until=_snoozed_until(mine, reader) if look is Look.WAITING else None,
        begun=any(_is_running_step(n) for n in mine),
        told_steps=tuple(n.text or "" for n in mine if _is_told_step(n)),
        topic=topic(place),
        digest=digest(conn, place) if place.alone or look is Look.WAITING else "",
        choices=stamp.choices,
        unit=place.unit,
        may_share=own is not None and own.verb in NUMBERED,
        may_draw=look is Look.WAITING and occurrence.is_open and occurrence.prompt is not None,
        may_agree=stamp.mechanism is Mechanism.AGREEMENT and any(map(_has_brought, mine)),
        may_reach=stamp.mechanism is Mechanism.GOAL and occurrence.is_open,
    )


def _has_brought(nudge: Nudge) -> bool:
    """Say whether a nudge brought the other's words: a yes counts for those that have come."""
    return nudge.purpose is NudgePurpose.SHARE and nudge.state is NudgeState.SENT


def _asked(place: Place) -> str:
    """Return the ask: the nudge's own where it has one, such as a bid's or a promise's."""
    own = place.nudge.text if place.nudge.purpose in nudges.TOLD else None
    return own or place.occurrence.stamp.asks.get(place.reader.partner.key, "")


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


def _is_running_step(nudge: Nudge) -> bool:
    return nudge.purpose is NudgePurpose.STEP and nudge.state is not NudgeState.WITHDRAWN


def _is_told_step(nudge: Nudge) -> bool:
    return nudge.purpose is NudgePurpose.STEP and nudge.state is NudgeState.SENT
