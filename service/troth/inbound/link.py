"""The way in by an answer link: a button or a text box on its page becomes a reply."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from troth.domain.grammar import Verb
from troth.domain.reply import LINK, Reply
from troth.domain.said import RATINGS, Said
from troth.domain.states import AnswerKind, Mechanism, NudgePurpose
from troth.domain.visible import LONGEST_TEXT
from troth.store.records import Nudge, Occurrence

LATERS = (15, 30, 60)  # minutes
SOON = 5  # minutes; where a window is too short for any of the others

_ALWAYS = frozenset({Verb.STOP, Verb.START})
_RITUAL = _ALWAYS | {Verb.DONE, Verb.NO, Verb.SKIP, Verb.LATER}
_MORE = {
    AnswerKind.RATING: frozenset({Verb.RATING, Verb.SHARE}),
    AnswerKind.WORDS: frozenset({Verb.WORDS}),
    AnswerKind.REVIEW: frozenset({Verb.WORDS}),
    AnswerKind.STEPS: frozenset({Verb.BEGIN}),
    AnswerKind.CHOICE: frozenset({Verb.CHOICE}),
    AnswerKind.NUMBER: frozenset({Verb.NUMBER, Verb.SHARE}),
}


class UnfitError(ValueError):
    """Something was sent that its page does not offer."""


class TooLongError(ValueError):
    """More words than are kept: better refused than cut, for their writer still has them."""


@dataclass(frozen=True)
class Tap:
    """What a form sent. `form` is the mark of the page it stood on; `later` is in minutes."""

    form: str
    verb: Verb | None = None
    rating: int | None = None
    words: str = ""
    later: int | None = None
    choice: str | None = None
    number: float | None = None


def is_over(nudge: Nudge, occurrence: Occurrence | None, now: datetime) -> bool:
    """Say whether a link is too old to take an answer. It can stop its channel for ever."""
    return nudge.is_over(now, occurrence)


def read(tap: Tap, nudge: Nudge, occurrence: Occurrence | None) -> Said:
    """Return what a tap says.

    Raises UnfitError for what the page of this nudge does not offer, TooLongError for its words.
    """
    verb = tap.verb or _implied(tap)
    if verb not in _offered(nudge, occurrence):
        raise UnfitError("there is no such answer here")
    words = clean(tap.words) if verb in (Verb.WORDS, Verb.SKIP) else ""
    if verb is Verb.WORDS and not words:
        raise UnfitError("there are no words in it")
    if verb is Verb.RATING and tap.rating not in RATINGS:
        raise UnfitError("a rating is a number from 1 to 10")
    if verb is Verb.LATER and tap.later not in (SOON, *LATERS, None):
        raise UnfitError("later is 5, 15, 30 or 60 minutes")
    if verb is Verb.CHOICE and (occurrence is None or tap.choice not in occurrence.stamp.choices):
        raise UnfitError("that is none of the choices")
    if verb is Verb.NUMBER and tap.number is None:
        raise UnfitError("there is no number in it")
    return Said(
        verb,
        choice=tap.choice if verb is Verb.CHOICE else None,
        number=tap.number if verb is Verb.NUMBER else None,
        rating=tap.rating if verb is Verb.RATING else None,
        words=words,
        later=timedelta(minutes=tap.later) if verb is Verb.LATER and tap.later else None,
    )


def reply_from_link(tap: Tap, said: Said, nudge: Nudge, now: datetime) -> Reply:
    """Return the reply for the door. The same form sent twice is one reply.

    What was said is part of its name: who goes back and taps another button has changed their
    mind, and is not to hear the first answer again.
    """
    told = f"{said.verb}\0{said.rating}\0{said.words}\0{said.later}"
    if said.choice is not None or said.number is not None:
        told += f"\0{said.choice}\0{said.number}"
    mark = hashlib.sha256(told.encode()).hexdigest()[:8]
    return Reply(
        way=LINK,
        provider_id=f"{nudge.id}:{tap.form}:{mark}",
        couple_id=nudge.couple_id,
        partner_id=nudge.partner_id,
        text="",
        received_at=now,
        nudge_id=nudge.id,
        channel_id=nudge.channel_id,
        said=said,
    )


def clean(text: str) -> str:
    """Return words without control characters, with plain line ends; raises TooLongError."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    words = "".join(kept).strip()
    if len(words) > LONGEST_TEXT:
        raise TooLongError(f"at most {LONGEST_TEXT} characters are kept")
    return words


def _implied(tap: Tap) -> Verb | None:
    """A form carries one value: a rating, a choice, a length of time names its verb by itself."""
    if tap.rating is not None:
        return Verb.RATING
    if tap.choice is not None:
        return Verb.CHOICE
    if tap.number is not None:
        return Verb.NUMBER
    return Verb.LATER if tap.later is not None else None


def _offered(nudge: Nudge, occurrence: Occurrence | None) -> frozenset[Verb]:
    if nudge.purpose is NudgePurpose.CONSENT or occurrence is None:
        return _ALWAYS
    more = _MORE.get(occurrence.stamp.kind, frozenset())
    drawn = {Verb.ANOTHER} if occurrence.prompt is not None else set()
    goal = {Verb.REACHED} if occurrence.stamp.mechanism is Mechanism.GOAL else set()
    return _RITUAL | more | drawn | goal
