"""The talk of a simulation: nudges are looked at as they arrive, and answered in time."""

import heapq
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from troth.bootstrap import Store
from troth.domain.reply import Reply
from troth.domain.slots import day_of, instant
from troth.schedules.answers import AnswersFile
from troth.simulation.log import Entry, Nudged, Replied
from troth.simulation.voices import Asked, answer_to
from troth.store import inbox
from troth.store.inbox import Letter
from troth.store.parcels import load_parcels
from troth.store.records import Couple, Nudge, Parcel, Partner

WAY = "simulation"
PUBLIC = "https://troth.invalid"  # a name that no machine has (RFC 2606)
_LINK = re.compile(re.escape(PUBLIC) + r"/r/\S+")


@dataclass(frozen=True, order=True)
class Speech:
    """Something that will be said at aware `at`; to a nudge, or unasked."""

    at: datetime
    number: int
    couple_id: int = field(compare=False)
    partner: Partner = field(compare=False)
    text: str = field(compare=False)
    nudge: Nudge | None = field(compare=False, default=None)

    @property
    def about(self) -> tuple[int, int | None]:
        """Who says it, and of which occurrence."""
        return self.partner.id, self.nudge.occurrence_id if self.nudge else None


class Talk:
    """What was heard and said so far, and what is still to be said."""

    def __init__(self, couples: Mapping[int, Couple], form: AnswersFile) -> None:
        self.log: list[Entry] = []
        self._couples, self._form = couples, form
        self._coming: list[Speech] = []
        self._awaited: set[tuple[int, int | None]] = set()  # who has made up their mind on what
        self._numbers = self._last_letter = 0
        for couple in couples.values():
            self._prepare(couple)

    def next(self) -> datetime | None:
        """Return when somebody speaks next, aware UTC, or None."""
        return self._coming[0].at if self._coming else None

    def go_on(self, store: Store, now: datetime) -> None:
        """Look at what has arrived, then say what is due by `now`."""
        self._look(store)
        while self._coming and self._coming[0].at <= now:
            self._say(store, heapq.heappop(self._coming), now)

    def _prepare(self, couple: Couple) -> None:
        """Put what is said unasked on the agenda."""
        for says in self._form.says:
            partner = couple.partner(says.partner)
            if partner is not None and says.couple in (None, couple.name):
                self._plan(instant(says.at, partner.zone), couple, partner, says.say)

    def _plan(
        self,
        at: datetime,
        couple: Couple,
        partner: Partner,
        text: str,
        nudge: Nudge | None = None,
    ) -> None:
        self._numbers += 1
        speech = Speech(at, self._numbers, couple.id, partner, text, nudge)
        heapq.heappush(self._coming, speech)
        if nudge is not None:
            self._awaited.add(speech.about)

    def _look(self, store: Store) -> None:
        with store.db.reading() as conn:
            letters = inbox.letters_after(conn, store.vault, self._last_letter)
            found = load_parcels(conn, [letter.nudge.id for letter in letters])
        parcels = {parcel.nudge.id: parcel for parcel in found}
        self._last_letter = max((letter.id for letter in letters), default=self._last_letter)
        self._hear(sorted(letters, key=lambda letter: letter.nudge.id), parcels)

    def _hear(self, letters: Sequence[Letter], parcels: Mapping[int, Parcel]) -> None:
        """Take letters in, in the order of their nudges: which of two came first is chance."""
        for letter in letters:
            parcel = parcels[letter.nudge.id]
            self.log.append(_entry(letter, parcel))
            self._make_up_mind(letter, parcel)

    def _make_up_mind(self, letter: Letter, parcel: Parcel) -> None:
        couple, ritual = self._couples[letter.nudge.couple_id], parcel.ritual
        partner = couple.partner_by_id(letter.nudge.partner_id)
        if (partner.id, letter.nudge.occurrence_id) in self._awaited:
            return
        asked = Asked(
            couple=couple.name,
            partner=partner.key,
            ritual=ritual.key if ritual else None,
            practice=ritual.practice if ritual else None,
            purpose=letter.nudge.purpose,
            due_at=letter.nudge.due_at,
            day=day_of(letter.nudge.due_at, couple.zone, couple.day_starts),
        )
        answer = answer_to(asked, self._form)
        if answer is not None:
            text, after = answer
            self._plan(letter.arrived_at + after, couple, partner, text, letter.nudge)

    def _say(self, store: Store, speech: Speech, now: datetime) -> None:
        """Give a reply to the door; what was said while the service was down comes in now."""
        self._awaited.discard(speech.about)
        nudge, couple = speech.nudge, self._couples[speech.couple_id]
        reply = Reply(
            way=WAY,
            provider_id=str(speech.number),
            couple_id=couple.id,
            partner_id=speech.partner.id,
            text=speech.text,
            received_at=now,
            nudge_id=nudge.id if nudge else None,
            channel_id=nudge.channel_id if nudge else None,
        )
        answer = store.take(reply)
        self.log.append(
            Replied(
                local=now.astimezone(speech.partner.zone),
                couple=couple.name,
                partner=speech.partner.key,
                to=f"n{nudge.id}" if nudge else None,
                said=speech.text,
                verb=answer.verb,
                answer=answer.text,
            )
        )


def _entry(letter: Letter, parcel: Parcel) -> Nudged:
    nudge, ritual = letter.nudge, parcel.ritual
    return Nudged(
        local=letter.arrived_at.astimezone(parcel.zone),
        couple=parcel.names,
        partner=parcel.partner,
        nudge=f"n{nudge.id}",
        purpose=nudge.purpose,
        occurrence=f"o{nudge.occurrence_id}" if nudge.occurrence_id else None,
        ritual=ritual.key if ritual else None,
        practice=ritual.practice if ritual else None,
        title=letter.title,
        text=_without_link(letter.body),
        asks=parcel.asks,
    )


def _without_link(body: str) -> str:
    """Leave out where to answer: a link leads nowhere here, and is another one in every run."""
    said = [part for part in body.split("\n\n") if not _LINK.search(part)]
    return "\n\n".join(said) or _LINK.sub("...", body)
