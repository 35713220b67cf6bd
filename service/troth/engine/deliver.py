"""deliver: claimed nudges are looked at again, sent, and what became of them is written down.

A nudge is picked when there is a place to send it at once, so that what is in hand is what is in
flight. No connection to the database is held over a send.
"""

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from troth.clock import Clock
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome, Refused
from troth.delivery.wording import Content, compose
from troth.domain.language import Languages
from troth.engine.crew import Crew
from troth.engine.dispatch import LEASE
from troth.engine.limits import Limits
from troth.engine.recorder import Recorder
from troth.engine.results import Result
from troth.engine.verdict import decide
from troth.errors import TrothError
from troth.store import claims, parcels
from troth.store.claims import Claim, Waiting
from troth.store.database import Database
from troth.store.records import Channel, Parcel
from troth.store.vault import Vault

log = structlog.get_logger()

LEAST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=5)


@dataclass(frozen=True)
class Post:
    """What makes a message of a nudge and sends it."""

    courier: Courier
    vault: Vault
    languages: Languages
    public_url: str

    def send(self, parcel: Parcel, channel: Channel) -> Outcome:
        """Send a nudge by its channel."""
        try:
            message = self._message(parcel, channel)
        except (TrothError, KeyError, ValueError) as error:  # no key, a damaged text
            return Refused(f"its message could not be made ({type(error).__name__})")
        return self.courier.send(message)

    def _message(self, parcel: Parcel, channel: Channel) -> Message:
        nudge = parcel.nudge
        content = Content(
            purpose=nudge.purpose,
            link=f"{self.public_url}/r/{self.vault.token(nudge.seed)}",
            names=parcel.names,
            ask=parcel.asks,
            prompt=parcel.prompt,
            text=nudge.text,
        )
        language = self.languages.of(parcel.language)
        title, body = compose(content, parcel.ritual, channel.sensitivity, language)
        url = self.vault.open(channel.url_sealed)
        return Message(url, title, body, nudge.id, nudge.partner_id)


@dataclass(frozen=True)
class Berth:
    """A place in the crew, and leave of the provider's limits, held for one claim."""

    waiting: Waiting
    leave: AbstractContextManager[object]


@dataclass(frozen=True)
class Delivery:
    """One worker's delivering: any number of rings at once share its crew and its recorder."""

    db: Database
    post: Post
    clock: Clock
    crew: Crew
    limits: Limits
    recorder: Recorder

    def deliver(self, rung: Sequence[Claim]) -> None:
        """Begin to send the nudges of these claims, as far as they still are those claims'.

        Returns when the last has begun. What finds no place, because its provider is slow or
        rests, is planned again for a little later: it must not hold up the others.
        """
        with self.db.reading() as conn:
            waiting = claims.waiting_for(conn, rung)
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
        berths: dict[int, Berth] = {}
        limited, rest = [], []
        for each in waiting:
            if places[each.provider] <= 0:
                rest.append(each)
                continue
            places[each.provider] -= 1
            leave = self.limits.permit(each.provider)
            if leave is None:
                self.crew.release(each.provider)
                limited.append(each)
            else:
                berths[each.claim[0]] = Berth(each, leave)
        self._put_off(limited, "its provider's limit is reached")
        self._fill(berths)
        return rest

    def _fill(self, berths: dict[int, Berth]) -> None:
        now = self.clock.now()
        try:
            for parcel in self._take_in_hand([each.waiting.claim for each in berths.values()], now):
                self._start(parcel, berths.pop(parcel.nudge.id), now + LEASE / 2)
        finally:
            for berth in berths.values():  # another worker had these, or nobody can read them
                self._vacate(berth)

    def _take_in_hand(self, chosen: Sequence[Claim], now: datetime) -> list[Parcel]:
        with self.db.writing() as conn:
            picked = claims.pick(conn, chosen, now, LEASE)
            return parcels.load_parcels(conn, picked)

    def _start(self, parcel: Parcel, berth: Berth, latest: datetime) -> None:
        try:
            verdict = decide(parcel, self.clock.now())
        except Exception:
            log.exception("nudge.undecidable", nudge=f"n{parcel.nudge.id}")  # its lease ends
            self._vacate(berth)
            return
        if isinstance(verdict, Channel):
            send = partial(self._send, parcel, verdict, berth, latest)
            self.crew.start(berth.waiting.provider, send)
        else:
            self.recorder.put(
                Result(parcel, verdict, self.clock.now()), partial(self._vacate, berth)
            )

    def _send(self, parcel: Parcel, channel: Channel, berth: Berth, latest: datetime) -> None:
        """Send, and keep the place until the result is written: what is in hand has a place.

        A process that stood still since it took the nudge in hand leaves it to its lease: by
        `latest` a send must have begun, to end before another may have it.
        """
        free = partial(self.crew.release, berth.waiting.provider)
        if self.clock.now() > latest:
            log.warning("send.too_late", nudge=f"n{parcel.nudge.id}")
            self._vacate(berth)
            return
        try:
            with berth.leave:
                outcome = self.post.send(parcel, channel)
        except BaseException:
            free()
            raise
        self.recorder.put(Result(parcel, outcome, self.clock.now()), free)

    def _vacate(self, berth: Berth) -> None:
        with berth.leave:
            self.crew.release(berth.waiting.provider)

    def _put_off(self, waiting: Sequence[Waiting], reason: str) -> None:
        if not waiting:
            return
        now = self.clock.now()
        log.info("nudges.put_off", nudges=len(waiting), reason=reason)
        with self.db.writing() as conn:
            moments = [(each.claim, _later(each, now)) for each in waiting]
            claims.give_back(conn, moments, reason)


def _later(waiting: Waiting, now: datetime) -> datetime:
    """Return when to look again: the longer it has waited the later, and not all at once."""
    waited = min(max((now - waiting.due_at) / 2, LEAST_WAIT), LONGEST_WAIT)
    start = max(now, waiting.rests_until) if waiting.rests_until else now
    spread = waited * random.uniform(0.1, 1.0)  # noqa: S311 - no secret
    return start + spread if waiting.rests(now) else start + waited + spread
