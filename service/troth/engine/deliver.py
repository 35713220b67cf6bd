"""deliver: claimed nudges are looked at again, sent, and what became of them is written down.

A nudge is picked when there is a place to send it at once, so that what is in hand is what is in
flight. No connection to the database is held over a send.
"""

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from troth.clock import Clock
from troth.delivery.answering import ReplyPath, answerable, labels_of
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome, Refused
from troth.delivery.wording import Content, compose
from troth.domain.language import Languages
from troth.domain.states import NudgeState
from troth.engine.crew import Crew
from troth.engine.enclosure import enclose
from troth.engine.limits import Limits
from troth.engine.recorder import Recorder
from troth.engine.results import Result, write
from troth.engine.traced import outcome_word
from troth.engine.verdict import Drop, Wait, decide
from troth.errors import TrothError
from troth.store import claims, parcels
from troth.store.afterwards import afterwards
from troth.store.claims import Claim, Waiting
from troth.store.database import Database
from troth.store.records import Channel, Parcel
from troth.store.vault import Vault
from troth.telemetry import metrics, tracing

log = structlog.get_logger()

LEASE = timedelta(minutes=2)  # from being picked to being written; a permit lasts no longer
# A send by HTTP takes a minute at the most (a mail may take longer): so another half a minute is
# left for clocks that do not agree.
BEGIN_WITHIN = timedelta(seconds=30)
LEAST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=5)


@dataclass(frozen=True)
class Post:
    """What makes a message of a nudge and sends it.

    `answered_by` are the kinds of address whose replies come in; mails are answered at `mailbox`.
    """

    courier: Courier
    vault: Vault
    languages: Languages
    public_url: str
    mailbox: str | None = None
    answered_by: frozenset[str] = frozenset()

    def send(self, parcel: Parcel, channel: Channel) -> Outcome:
        """Send a nudge by its channel."""
        try:
            message = self._message(parcel, channel)
        except (TrothError, KeyError, ValueError) as error:  # no key, a damaged text
            return Refused(f"its message could not be made ({type(error).__name__})")
        return self.courier.send(message)

    def _message(self, parcel: Parcel, channel: Channel) -> Message:
        nudge = parcel.nudge
        language = self.languages.of(parcel.language)
        token, labels = self.vault.token(nudge.seed), labels_of(nudge.purpose, language)
        path = ReplyPath(self.public_url, token, self.mailbox, labels)
        content = Content(
            purpose=nudge.purpose,
            link=path.link,
            names=parcel.names,
            ask=parcel.asks,
            prompt=parcel.prompt,
            text=nudge.text,
            is_answered_here=channel.answers_by in self.answered_by,
            choices=parcel.choices,
            enclosed=parcel.enclosed,
            is_discreet=nudge.discreet,
        )
        title, body = compose(content, parcel.ritual, channel.sensitivity, language)
        url = answerable(self.vault.open(channel.url_sealed), path)
        return Message(url, title, body, nudge.id, nudge.partner_id)


@dataclass(frozen=True)
class Berth:
    """A place in the crew, and the permit of its provider's limits, held for one claim."""

    waiting: Waiting
    permit: AbstractContextManager[object] = field(default_factory=nullcontext)


@dataclass(frozen=True)
class Delivery:
    """One worker's delivering: any number of rings at once share its crew and its recorder."""

    db: Database
    post: Post
    clock: Clock
    crew: Crew
    limits: Limits
    recorder: Recorder

    def deliver(self, claimed: Sequence[Claim]) -> None:
        """Begin to send the nudges of these claims, as far as they still are those claims'.

        Returns when the last has begun. What finds no place, because its provider is slow or
        rests, is planned again for a little later: it must not hold up the others.
        """
        with self.db.reading() as conn:
            waiting = claims.waiting_for(conn, claimed)
        now = self.clock.now()
        self._put_off([each for each in waiting if each.rests(now)], "its provider rests")
        waiting = [each for each in waiting if not each.rests(now)]
        while waiting:
            places = self.crew.reserve(Counter(each.provider for each in waiting))
            if not places:
                self._put_off(waiting, "its provider is slow")
                return
            waiting = self._begin(waiting, places)

    def join(self, seconds: float | None = None) -> bool:
        """Wait until all that has begun is sent and written; return whether that came in time."""
        return self.crew.join(seconds)

    def _begin(self, waiting: Sequence[Waiting], places: Counter[str]) -> list[Waiting]:
        """Take as many in hand as there are places, and start them; return the rest."""
        chosen, rest = _with_places(waiting, places)
        berths = {each.claim[0]: Berth(each) for each in chosen}
        latest = self.clock.now() + BEGIN_WITHIN  # counted from before any permit is given
        try:
            limited = self._ask_leave(berths)
            self._fill(berths, latest)
        finally:
            for berth in berths.values():  # another worker had these, or something broke
                self._vacate(berth)
        self._put_off(limited, "its provider's limit is reached")
        return rest

    def _ask_leave(self, berths: dict[int, Berth]) -> list[Waiting]:
        """Keep the berths whose provider's limits permit a send; return what has to wait."""
        limited = []
        for nudge_id, berth in list(berths.items()):
            permit = self.limits.permit(berth.waiting.provider)
            if permit is None:
                self._vacate(berths.pop(nudge_id))
                limited.append(berth.waiting)
            else:
                berths[nudge_id] = replace(berth, permit=permit)
        return limited

    def _fill(self, berths: dict[int, Berth], latest: datetime) -> None:
        """Start what can be picked; what has begun keeps its berth, and is taken out of these."""
        claimed, now = [each.waiting.claim for each in berths.values()], self.clock.now()
        for parcel in self._take_in_hand(claimed, now):
            self._start(parcel, berths[parcel.nudge.id], latest)
            del berths[parcel.nudge.id]

    def _take_in_hand(self, chosen: Sequence[Claim], now: datetime) -> list[Parcel]:
        with self.db.writing() as conn:
            picked = claims.pick(conn, chosen, now, LEASE)
            found = enclose(conn, self.post.vault, parcels.load_parcels(conn, picked), now)
            unread = set(picked) - {parcel.nudge.id for parcel in found}
            aside = [(claim, now + LONGEST_WAIT) for claim in chosen if claim[0] in unread]
            claims.give_back(conn, aside, "it could not be read", picked=True)
            return found

    def _start(self, parcel: Parcel, berth: Berth, latest: datetime) -> None:
        verdict = self._decide_safely(parcel)
        if isinstance(verdict, Channel):
            send = tracing.bound(partial(self._send, parcel, verdict, berth, latest))
            self.crew.start(berth.waiting.provider, send)
        else:
            self._record(parcel, verdict, berth)

    def _decide_safely(self, parcel: Parcel) -> Channel | Wait | Drop:
        """Decide, and let a nudge that raises step aside: it must not stop the others."""
        now = self.clock.now()
        try:
            return decide(parcel, now)
        except Exception:
            log.exception("nudge.undecidable", nudge=f"n{parcel.nudge.id}")
            return Wait(now + LONGEST_WAIT, "it could not be decided on")

    def _send(self, parcel: Parcel, channel: Channel, berth: Berth, latest: datetime) -> None:
        """Send, and keep the place until the result is written: what is in hand has a place.

        A process that stood still since it got a permit or took the nudge in hand does not send it:
        by `latest` a send must have begun, to end before another may have either.
        """
        now = self.clock.now()
        if now > latest:
            log.warning("send.too_late", nudge=f"n{parcel.nudge.id}")
            self._record(parcel, Wait(now, "its worker stood still"), berth)
            return
        try:
            with berth.permit:
                outcome = self._send_traced(parcel, channel)
        except BaseException:
            log.exception("send.broke_off")  # its lease ends, and it is marked
            self._free(berth)
            return
        result = Result(parcel, outcome, self.clock.now())
        self.recorder.put(result, partial(self._free, berth))

    def _send_traced(self, parcel: Parcel, channel: Channel) -> Outcome:
        number, attempt = parcel.nudge.id, parcel.nudge.attempt
        facts: dict[str, tracing.Fact] = {"nudge": f"n{number}", "attempt": attempt}
        with tracing.span("nudge.send", about=number, scheme=channel.scheme, **facts) as span:
            outcome = self.post.send(parcel, channel)
            span.note(outcome=outcome_word(outcome))
            return outcome

    def _record(self, parcel: Parcel, came_to: Wait | Drop, berth: Berth) -> None:
        """Hand in what will not be sent now; its berth is free once that is written."""
        self.recorder.put(Result(parcel, came_to, self.clock.now()), partial(self._vacate, berth))

    def _vacate(self, berth: Berth) -> None:
        with berth.permit:
            self._free(berth)

    def _free(self, berth: Berth) -> None:
        self.crew.release(berth.waiting.provider)

    def _put_off(self, waiting: Sequence[Waiting], reason: str) -> None:
        """Plan these again for a little later; what would come too late goes by another channel."""
        if not waiting:
            return
        now = self.clock.now()
        log.info("nudges.put_off", nudges=len(waiting), reason=reason)
        with self.db.writing() as conn:
            in_time = [each for each in waiting if not each.rests_too_long]
            claims.give_back(conn, [(each.claim, _later(each, now)) for each in in_time], reason)
            too_late = [each.claim for each in waiting if each.rests_too_long]
            lost = parcels.load_parcels(conn, claims.pick(conn, too_late, now, LEASE))
            drop = Drop(NudgeState.FAILED, "its provider rests for longer than it is of use")
            write(conn, self.post.vault, [Result(parcel, drop, now) for parcel in lost])
            schemes = [(each.provider.partition(":")[0], "waited") for each in in_time]
            afterwards(conn, partial(metrics.told_unsent, schemes))


def _with_places(
    waiting: Sequence[Waiting], places: Counter[str]
) -> tuple[list[Waiting], list[Waiting]]:
    """Return those for whom there is a place, the longest due first, and the rest."""
    left = Counter(places)
    chosen: list[Waiting] = []
    rest: list[Waiting] = []
    for each in waiting:
        (chosen if left[each.provider] > 0 else rest).append(each)
        left[each.provider] -= 1
    return chosen, rest


def _later(waiting: Waiting, now: datetime) -> datetime:
    """Return when to look again: the longer it has waited the later, and not all at once.

    But in time to be of use: no later than when half of what is left of its time is over.
    """
    waited = min(max((now - waiting.due_at) / 2, LEAST_WAIT), LONGEST_WAIT)
    start = max(now, waiting.rests_until or now)
    spread = waited * random.uniform(0.1, 1.0)  # noqa: S311 - no secret
    later = start + spread if waiting.rests(now) else start + waited + spread
    return min(later, start + (waiting.expires_at - start) / 2)
