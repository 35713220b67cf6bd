"""The stage on which conversations play: the real service on a clock that is wound by hand.

Store, broker, worker and Apprise are the real ones; only time is ours. A partner `expects` a
message, `says` something, `expects` the next; a message that nobody expected fails the test.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dramatiq.brokers.stub import StubBroker
from sqlalchemy import select, text

from tests.support.key import KEY
from tests.support.phones import Heard, Phones
from troth.bootstrap import Service, Store, build, open_store
from troth.clock import ManualClock
from troth.delivery.courier import Courier, is_channel_url
from troth.domain.grammar import Verb
from troth.domain.reply import Reply, Said
from troth.domain.score import RitualStanding, Standing
from troth.domain.states import NudgeState
from troth.engine.apply import apply
from troth.engine.changes import Change
from troth.engine.door import Answer
from troth.engine.rounds import Rounds
from troth.engine.standing import couple_standing, folded_standing
from troth.schedules.load import load_schedules
from troth.settings import Settings
from troth.simulation.winding import Winding
from troth.store import channels, couples, inbox, ledger, nudges, occurrences, replies
from troth.store.claims import Claim
from troth.store.records import Channel, Couple, Nudge, Occurrence
from troth.store.tables import metadata
from troth.store.tables import nudges as nudge_table
from troth.store.tables import occurrences as occurrence_table
from troth.store.tables import rituals as ritual_table
from troth.workers import QUEUE

MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PUBLIC = "https://troth.test"
INBOX = "inbox"


def couple_file(
    rituals: str,
    *,
    ana: str = "",
    ben: str = "",
    zone: str = "Europe/Lisbon",
    name: str = "Ana & Ben",
    nudges_a_day: int | None = 24,
) -> str:
    """A couple's file. `ana` and `ben` hold what their tables say beside their names.

    Most tests are of a busy day; without `nudges_a_day` the file leaves it to the default.
    """
    most = f"nudges_a_day = {nudges_a_day}" if nudges_a_day else ""
    return f"""
couple = "{name}"
timezone = "{zone}"
[partners.ana]
name = "Ana"
{most}
{ana}
[partners.ben]
name = "Ben"
{most}
{ben}
{rituals}
"""


def phones_of(key: str, *names: str, more: str = "") -> str:
    """What a partner's table says who has these phones, each of which may show everything."""
    listed = ", ".join(
        f'{{ url = "{{phones}}/{key}/{name}", sensitivity = "open" }}' for name in names
    )
    return f"channels = [{listed}]\n{more}"


EVENING = """
[rituals.goodnight]
practice = "evening-check-in"
cron = "30 21 * * *"
visibility = "review"
"""
"""Words from both, brought to nobody yet; window 4 h, one reminder after 1 h."""


@dataclass
class Unheard:
    """A doorbell that rings where no worker hears it."""

    claims: list[Claim] = field(default_factory=list)

    def ring(self, claims: Sequence[Claim]) -> None:
        self.claims.extend(claims)

    def unheard(self) -> int:
        return 0


@dataclass
class Actor:
    """One partner, with everything that reached them and that nobody has looked at yet."""

    stage: "Stage"
    key: str
    _seen: set[object] = field(default_factory=set)

    def expects(self, *texts: str, on: str | None = None) -> Heard:
        """The oldest unread message that holds all of `texts`, on that channel; else it fails."""
        for mark, heard in self._unread():
            if all(text in heard.text for text in texts) and on in (None, heard.on):
                self._seen.add(mark)
                return heard
        unread = [heard for _, heard in self._unread()]
        raise AssertionError(f"{self.key} expected {texts} on {on or 'any'}, unread: {unread}")

    def reads_all(self) -> list[Heard]:
        """Every unread message, oldest first: a test of months expects each in its own way."""
        unread = self._unread()
        self._seen.update(mark for mark, _ in unread)
        return [heard for _, heard in unread]

    def expects_nothing(self) -> None:
        unread = [heard for _, heard in self._unread()]
        assert not unread, f"{self.key} did not expect {unread}"

    def says(
        self, text: str, *, to: Heard | None = None, on: str | None = None, again: str = ""
    ) -> str:
        """Say something, by the link of a message where `to` is given; return the answer."""
        nudge = self.stage.nudge_behind(to) if to else None
        linked = nudge.channel_id if nudge else None
        channel = self.stage.channel_id(self.key, on) if on else linked
        return self._reply(text, nudge, channel, None, again).text

    def presses(self, verb: Verb, to: Heard) -> str:
        """Press a button of the page that the message's link opens."""
        nudge = self.stage.nudge_behind(to)
        return self._reply("", nudge, nudge.channel_id, Said(verb), "").text

    def confirms(self, *on: str) -> None:
        """Say yes on the page behind the one question that each of these channels was asked."""
        for channel in on:
            self.presses(Verb.START, self.expects("Troth asks first", on=channel))

    def everything(self) -> list[Heard]:
        """All that ever reached this partner, oldest first."""
        return [heard for _, heard in self._all()]

    def _reply(
        self, text: str, nudge: Nudge | None, channel: int | None, said: Said | None, again: str
    ) -> Answer:
        stage, couple = self.stage, self.stage.in_play
        reply = Reply(
            way="stage",
            provider_id=again or f"message-{next(stage.numbers)}",
            couple_id=couple.id,
            partner_id=stage.partner_id(self.key),
            text=text,
            received_at=stage.clock.now(),
            nudge_id=nudge.id if nudge else None,
            channel_id=channel,
            said=said,
        )
        return stage.store.take(reply)

    def _unread(self) -> list[tuple[object, Heard]]:
        return [(mark, heard) for mark, heard in self._all() if mark not in self._seen]

    def _all(self) -> list[tuple[object, Heard]]:
        rung = [
            (index, heard)
            for index, heard in enumerate(self.stage.phones.heard)
            if heard.on.startswith(f"/{self.key}/")
        ]
        with self.stage.store.db.reading() as conn:
            letters = inbox.letters(
                conn, self.stage.store.vault, self.stage.partner_id(self.key), 500
            )
        laid = [
            (f"n{letter.nudge.id}", Heard(INBOX, letter.title, letter.body, letter.arrived_at))
            for letter in reversed(letters)
        ]
        return sorted([*rung, *laid], key=lambda pair: pair[1].at)


class Stage:
    """One service over one database, and the couple that plays on it."""

    def __init__(self, url: str, folder: Path, phones: Phones, clock: ManualClock) -> None:
        self.settings = Settings(
            data=folder, database_url=url, secret_key=KEY, public_url=PUBLIC, redis_url=None
        )
        self.folder, self.phones, self.clock = folder, phones, clock
        self.numbers = itertools.count(1)
        self.wrap: Callable[[Courier], Courier] = lambda courier: courier
        self._couple_id: int | None = None
        self._winding: Winding | None = None
        self.ana, self.ben = Actor(self, "ana"), Actor(self, "ben")
        self.open()

    # --- the service ---

    def open(self) -> None:
        """Wire everything from the database alone, as a new process would."""
        self.store: Store = open_store(self.settings, clock=self.clock, migrate=True)
        self.service: Service = build(self.store, self._wrapped)
        self._winding = Winding(self.service, self.clock)

    def close(self) -> None:
        if self._winding is not None:
            self._winding.close()
            self._winding = None

    @property
    def winding(self) -> Winding:
        assert self._winding is not None, "the stage is closed"
        return self._winding

    def restart(self) -> None:
        """Throw every object away and build them anew over the same database."""
        self.close()
        self.open()

    def _wrapped(self, courier: Courier) -> Courier:
        return self.wrap(courier)

    # --- the couple ---

    def couple(self, toml: str) -> list[Change]:
        """Apply a couple's file; `{phones}` in it stands for the phones' server."""
        file = self.folder / "couple.toml"
        file.write_text(toml.replace("{phones}", self.phones.url))
        found = load_schedules([file], is_channel_url)
        changes = apply(
            self.store.db, self.store.vault, found.couples, [self.folder], self.clock.now()
        )
        with self.store.db.reading() as conn:
            known = couples.find_couple(conn, found.couples[0].name)
        assert known is not None
        self._couple_id = known.id
        return changes

    def retire(self) -> None:
        """Take every file out of the folder: its couples take part no more."""
        apply(self.store.db, self.store.vault, [], [self.folder], self.clock.now())

    @property
    def in_play(self) -> Couple:
        assert self._couple_id is not None, "call stage.couple(...) first"
        with self.store.db.reading() as conn:
            return couples.load_couple(conn, self._couple_id)

    def partner_id(self, key: str) -> int:
        partner = self.in_play.partner(key)
        assert partner is not None
        return partner.id

    def channel_id(self, key: str, on: str) -> int:
        """The id of a partner's channel, by its path on the phones' server."""
        url = self.phones.url + on
        with self.store.db.reading() as conn:
            mark = self.store.vault.mark(url)
            found = channels.find_channel(conn, self.partner_id(key), mark)
        assert found is not None, f"{key} has no channel {on}"
        return found

    # --- time ---

    def wind(self, to: str | None = None, **by: float) -> None:
        """Let time pass until `21:30`, `2026-11-01T02:00` (the couple's clock), or by `minutes=5`.

        The clock stops at every due moment on the way, and rounds are made until nothing is left.
        """
        until = self.clock.now() + timedelta(**by) if to is None else self._moment(to)
        for _ in self.winding.moments(until):
            pass

    def sleep(self, to: str | None = None, **by: float) -> None:
        """Let time pass while the service is down: nothing is done on the way."""
        self.clock.wind_to(self.clock.now() + timedelta(**by) if to is None else self._moment(to))

    def settle_down(self) -> None:
        """Make rounds at this moment until there is nothing left to do."""
        self.winding.settle_down()

    def claim(self) -> list[Claim]:
        """Make a round whose doorbell nobody hears; return what it claimed."""
        bell = Unheard()
        self.deaf_rounds(bell).once()
        return bell.claims

    def plan_again(self) -> None:
        """Take every claim back, as if it had never been made."""
        fresh = {"state": NudgeState.PLANNED, "attempt": 0, "lease_until": None}
        with self.store.db.writing() as conn:
            conn.execute(nudge_table.update().values(**fresh))

    def deaf_rounds(self, bell: "Unheard") -> Rounds:
        """Another clock over the same database, with a doorbell of its own."""
        return Rounds(self.store.db, self.store.vault, bell, self.clock)

    def ring_and_die(self, claims: Sequence[Claim]) -> None:
        """Ring for claims whose worker is killed at work: what it was doing stays undone."""
        self.service.bell.ring(claims)
        self._broker.join(QUEUE, timeout=20_000, fail_fast=False)
        assert self.service.delivery.join(20)

    def damage_ritual(self, key: str) -> None:
        """Make a ritual's row unreadable."""
        damaged = ritual_table.update().where(ritual_table.c.key == key)
        with self.store.db.writing() as conn:
            conn.execute(damaged.values(spec={"cron": "0 0 31 2 *"}))

    def drain(self) -> None:
        """Return once the worker has nothing in hand."""
        self.winding.drain()

    @property
    def _broker(self) -> StubBroker:
        broker = self.service.bell._broker
        assert isinstance(broker, StubBroker)
        return broker

    def _moment(self, text: str) -> datetime:
        zone = self.in_play.zone if self._couple_id else ZoneInfo("Europe/Lisbon")
        here = self.clock.now().astimezone(zone)
        if "T" in text:
            return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
        hour, minute = map(int, text.split(":"))
        wanted = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if wanted <= here:
            wanted += timedelta(days=1)
        return wanted.astimezone(UTC)

    # --- what is known ---

    def channels(self, key: str) -> list[Channel]:
        """A partner's channels, in the order in which they are tried."""
        partner_id = self.partner_id(key)
        with self.store.db.reading() as conn:
            return channels.channels_of(conn, [partner_id])[partner_id]

    def occurrences(self) -> list[Occurrence]:
        """Every occurrence, oldest first."""
        query = select(occurrence_table).order_by(occurrence_table.c.due_at, occurrence_table.c.id)
        with self.store.db.reading() as conn:
            return [occurrences.to_occurrence(row) for row in conn.execute(query)]

    def occurrence(self) -> Occurrence:
        """The newest occurrence."""
        return self.occurrences()[-1]

    def outcomes(self) -> list[str]:
        """How each occurrence stands, oldest first: `kept`, `excused: skipped`."""
        return [
            f"{one.state}: {one.reason}" if one.reason else str(one.state)
            for one in self.occurrences()
        ]

    def nudges(self) -> list[Nudge]:
        """Every nudge, oldest first."""
        with self.store.db.reading() as conn:
            rows = conn.execute(select(nudge_table).order_by(nudge_table.c.id))
            return [nudges.to_nudge(row) for row in rows]

    def token_behind(self, heard: Heard) -> str:
        """The token of the link that a message holds."""
        return self.store.vault.token(self.nudge_behind(heard).seed)

    def nudge_behind(self, heard: Heard) -> Nudge:
        """The nudge whose link a message holds."""
        link = re.search(rf"{re.escape(PUBLIC)}/r/(\S+)", heard.body)
        assert link is not None, f"no link in {heard}"
        with self.store.db.reading() as conn:
            found = nudges.find_nudge(conn, link[1])
        assert found is not None
        return found

    def words_of(self, key: str) -> list[str]:
        """A partner's latest words on the newest occurrence, opened."""
        with self.store.db.reading() as conn:
            said = replies.acknowledgements(conn, self.occurrence().id).get(key)
        return [self.store.vault.open(said.words_sealed)] if said and said.words_sealed else []

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The ledger as it is streamed, oldest first; those of one kind, such as `nudge.sent`."""
        with self.store.db.reading() as conn:
            entries = ledger.read(conn, self.in_play.id, last=10_000)
        return [entry for entry in entries if kind in entry["type"]]

    def dump(self) -> str:
        """Everything that is in the database, as text."""
        with self.store.db.reading() as conn:
            rows = [
                [str(value) for value in row]
                for table in metadata.sorted_tables
                for row in conn.execute(text(f"SELECT * FROM {table.name}"))  # noqa: S608 - ours
            ]
        return str(rows)

    def standing(self) -> Standing:
        """Where the couple stands; the fold over the whole ledger must say the same."""
        with self.store.db.reading() as conn:
            shown = couple_standing(conn, self.in_play.id)
            folded = folded_standing(conn, self.in_play.id)
        assert shown == folded, "the score is a fold over the ledger"
        return shown

    def score(self, ritual: str | None = None) -> float | None:
        """The score of a ritual, of the only one where none is named; shown or not yet."""
        found: dict[str, RitualStanding] = {r.ritual: r for r in self.standing().rituals}
        return found[ritual].score if ritual else next(iter(found.values())).score


@contextmanager
def on_stage(url: str, folder: Path, start: datetime = MONDAY_NOON) -> Iterator[Stage]:
    """A stage that is cleared at the end. What nobody expected fails the test."""
    clock = ManualClock(start)
    with Phones(clock.now).switched_on() as phones:
        stage = Stage(url, folder, phones, clock)
        try:
            yield stage
            if stage._couple_id is not None:
                stage.ana.expects_nothing()
                stage.ben.expects_nothing()
        finally:
            stage.close()
