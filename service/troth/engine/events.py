"""The ledger's entries, made in one place, so that each kind always holds the same data.

Whoever hosts reads them, and at home that is one of the two. So they do not hold who stopped,
paused or came back, nor to whom that was said back: neither a name nor the scheme of a channel.
"""

from datetime import datetime

from troth.domain.grammar import Verb
from troth.domain.rules import Outcome
from troth.domain.score import Standing
from troth.domain.states import ChannelState, NudgePurpose, OccurrenceState
from troth.store.ledger import Event, EventType
from troth.store.records import Channel, Due, Nudge, Occurrence

OWN_BUSINESS = frozenset({Verb.STOP, Verb.START, Verb.PAUSE, Verb.QUIET, Verb.RESUME})


def ritual_due(due: Due) -> Event:
    """The moment of an occurrence has come."""
    data = {"occurrence": f"o{due.id}", "ritual": due.ritual, "slot": due.slot}
    return Event(due.couple_id, EventType.RITUAL_DUE, f"o{due.id}", due.due_at, data)


def nudge_sent(nudge: Nudge, partner: str, scheme: str, now: datetime) -> Event:
    """A nudge left; `repeated` when it may have left before."""
    data = {
        "nudge": f"n{nudge.id}",
        "occurrence": _occurrence_id(nudge),
        "partner": _told(nudge, partner),
        "purpose": nudge.purpose,
        "channel": _told(nudge, scheme),
        "attempt": nudge.attempt,
        "repeated": nudge.repeated,
    }
    return Event(nudge.couple_id, EventType.NUDGE_SENT, f"n{nudge.id}", now, data)


def nudge_failed(nudge: Nudge, partner: str, reason: str, now: datetime) -> Event:
    """A nudge will not arrive: refused, given up, out of its time, or bounced."""
    data = {
        "nudge": f"n{nudge.id}",
        "occurrence": _occurrence_id(nudge),
        "partner": _told(nudge, partner),
        "purpose": nudge.purpose,
        "reason": reason,
    }
    return Event(nudge.couple_id, EventType.NUDGE_FAILED, f"n{nudge.id}", now, data)


def reply_received(
    couple_id: int,
    reply_id: int,
    partner: str,
    verb: Verb,
    occurrence_id: int | None,
    now: datetime,
) -> Event:
    """A reply came in. Its words and its number stay out of the ledger."""
    data: dict[str, str | None] = {"reply": f"r{reply_id}", "occurrence": None, "partner": None}
    if verb not in OWN_BUSINESS:
        occurrence = None if occurrence_id is None else f"o{occurrence_id}"
        data |= {"occurrence": occurrence, "partner": partner}
    data["verb"] = verb
    return Event(couple_id, EventType.REPLY_RECEIVED, f"r{reply_id}", now, data)


def occurrence_settled(
    occurrence: Occurrence, ritual: str, outcome: Outcome | None, now: datetime
) -> Event:
    """An occurrence settled, settled anew, or (None) was opened again."""
    data = {
        "occurrence": f"o{occurrence.id}",
        "ritual": ritual,
        "slot": occurrence.slot,
        "due": occurrence.due_at.isoformat(),
        "state": OccurrenceState.OPEN if outcome is None else outcome.state,
        "reason": None if outcome is None else outcome.reason,
        "credit": None if outcome is None else outcome.credit,
    }
    return Event(occurrence.couple_id, EventType.OCCURRENCE_SETTLED, f"o{occurrence.id}", now, data)


def score_changed(couple_id: int, standing: Standing, now: datetime) -> Event:
    """The couple's score moved."""
    score = None if standing.score is None else round(standing.score, 1)
    data = {"score": score, "building": standing.building}
    return Event(couple_id, EventType.SCORE_CHANGED, f"c{couple_id}", now, data)


def milestone_reached(couple_id: int, name: str, now: datetime) -> Event:
    """The couple reached a milestone, for good."""
    data = {"milestone": name}
    return Event(couple_id, EventType.MILESTONE_REACHED, f"c{couple_id}", now, data)


def channel_changed(
    couple_id: int, channel: Channel, partner: str, state: ChannelState, now: datetime
) -> Event:
    """A channel was confirmed, stopped or found failing: only that is nobody's own doing."""
    is_failing = state is ChannelState.FAILING
    data = {
        "channel": f"h{channel.id}",
        "scheme": channel.scheme if is_failing else None,
        "partner": partner if is_failing else None,
        "state": state,
    }
    return Event(couple_id, EventType.CHANNEL_CHANGED, f"h{channel.id}", now, data)


def _told(nudge: Nudge, fact: str) -> str | None:
    """Return a fact of whose nudge this is; None of what is said back to who may have paused."""
    return None if nudge.purpose is NudgePurpose.ANSWER else fact


def _occurrence_id(nudge: Nudge) -> str | None:
    return None if nudge.occurrence_id is None else f"o{nudge.occurrence_id}"
