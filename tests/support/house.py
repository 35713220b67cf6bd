"""A couple's own service with its pages: the real store, worker and inbox on a manual clock."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import func, select

from tests.support.key import KEY
from tests.support.ports import answers, free_port
from troth.bootstrap import build, open_store
from troth.clock import ManualClock
from troth.delivery.courier import is_channel_url
from troth.domain.states import AnswerKind, ChannelState, NudgePurpose
from troth.engine.apply import apply
from troth.engine.standing import couple_standing
from troth.schedules.couple import CoupleSchedule
from troth.schedules.load import load_schedules
from troth.settings import Settings
from troth.simulation.winding import IDLE_MS
from troth.store import channels, couples, inbox, nudges, occurrences, replies, rituals
from troth.store.records import Couple, Nudge, Occurrence, Partner, stamp_to_json
from troth.store.replies import Acknowledgement
from troth.store.tables import occurrences as occurrence_table
from troth.store.tables import positions
from troth.store.tables import replies as reply_table
from troth.store.tables import rituals as ritual_table
from troth.web.app import create_app
from troth.workers import QUEUE

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # in Lisbon too it is 06:00
MOST_ROUNDS = 5_000


class House:
    """One service. `wind` lets time pass; every nudge that falls due on the way is delivered."""

    def __init__(self, folder: Path, start: datetime = MONDAY, **settings: Any) -> None:
        file = f"sqlite:///{folder / 'troth.db'}"
        usual: dict[str, Any]
        usual = {"data": folder, "database_url": file, "secret_key": KEY, "redis_url": None}
        self.folder = folder
        self.clock = ManualClock(start)
        self.store = open_store(Settings(**(usual | settings)), self.clock)
        self._service = build(self.store)
        self._worker = self._service.bell.worker(IDLE_MS)
        self._worker.start()

    def close(self) -> None:
        self._worker.stop()
        self._service.close()

    # --- schedules and time ---

    def take_in(self, schedules: Sequence[CoupleSchedule]) -> None:
        apply(self.store.db, self.store.vault, schedules, [], self.clock.now())

    def take_in_file(self, text: str, name: str = "couple.toml") -> None:
        file = self.folder / name
        file.write_text(text)
        self.take_in(load_schedules([file], is_channel_url).couples)

    def wind(self, **by: float) -> None:
        """Let time pass, stopping at every due moment on the way."""
        until = self.clock.now() + timedelta(**by)
        self._settle_down()
        for _ in range(MOST_ROUNDS):
            coming = self._service.rounds.next_moment()
            if coming is None or coming > until:
                break
            self.clock.wind_to(max(coming, self.clock.now()))
            self._settle_down()
        self.clock.wind_to(until)
        self._settle_down()

    def _settle_down(self) -> None:
        for _ in range(MOST_ROUNDS):
            busy = self._service.rounds.once()
            self._service.bell._broker.join(QUEUE, timeout=20_000)
            self._worker.join()
            assert self._service.delivery.join(20)
            if not busy:
                return
        raise AssertionError("the rounds never come to an end")

    # --- what is known ---

    def couple(self, name: str = "Ana & Ben") -> Couple:
        with self.store.db.reading() as conn:
            found = couples.find_couple(conn, name)
        assert found is not None
        return found

    def partner(self, key: str, couple: str = "Ana & Ben") -> Partner:
        found = self.couple(couple).partner(key)
        assert found is not None
        return found

    def inbox_token(self, key: str, couple: str = "Ana & Ben") -> str:
        return self.store.vault.token(self.partner(key, couple).seed)

    def nudge(self, key: str, ritual: str, couple: str = "Ana & Ben") -> Nudge:
        """The newest nudge of a ritual in a partner's inbox."""
        partner = self.partner(key, couple)
        with self.store.db.reading() as conn:
            for letter in inbox.letters(conn, self.store.vault, partner.id, 100):
                assert letter.nudge.occurrence_id is not None
                about = occurrences.load_occurrences(conn, [letter.nudge.occurrence_id])
                row = rituals.load_rituals(conn, [one.ritual_id for one in about.values()])
                if [one.key for one in row.values()] == [ritual]:
                    return letter.nudge
        raise AssertionError(f"no nudge of {ritual} reached {key}")

    def link(self, key: str, ritual: str, couple: str = "Ana & Ben") -> str:
        """The address of the answer page of a partner's newest nudge of a ritual."""
        return f"/r/{self.store.vault.token(self.nudge(key, ritual, couple).seed)}"

    def newest_link(self, key: str) -> str:
        """The address of the page behind whatever reached a partner last."""
        with self.store.db.reading() as conn:
            letters = inbox.letters(conn, self.store.vault, self.partner(key).id, 1)
        return f"/r/{self.store.vault.token(letters[0].nudge.seed)}"

    def offer(self, ritual: str, choices: dict[str, str]) -> str:
        """Let what was asked be a choice of these; the address of Ana's page of it."""
        found = self.occurrence("ana", ritual)
        offered = replace(found.stamp, kind=AnswerKind.CHOICE, choices=choices)
        asked = occurrence_table.update().where(occurrence_table.c.id == found.id)
        with self.store.db.writing() as conn:
            conn.execute(asked.values(terms=stamp_to_json(offered)))
        return self.link("ana", ritual)

    def damage_ritual(self, key: str) -> None:
        """Make a ritual's row unreadable."""
        damaged = ritual_table.update().where(ritual_table.c.key == key)
        with self.store.db.writing() as conn:
            conn.execute(damaged.values(spec={"cron": "0 0 31 2 *"}))

    def consent_link(self, key: str) -> str:
        """The address of the page that asks for the newest channel's consent."""
        partner = self.partner(key)
        with self.store.db.reading() as conn:
            every = (nudges.load_nudge(conn, number) for number in range(1, 50))
            asked = [
                nudge
                for nudge in every
                if nudge
                and nudge.partner_id == partner.id
                and nudge.purpose is NudgePurpose.CONSENT
            ]
        return f"/r/{self.store.vault.token(asked[-1].seed)}"

    def occurrence(self, key: str, ritual: str) -> Occurrence:
        """The occurrence that a partner's newest nudge of a ritual is about."""
        number = self.nudge(key, ritual).occurrence_id
        assert number is not None
        with self.store.db.reading() as conn:
            return occurrences.load_occurrences(conn, [number])[number]

    def said(self, key: str, ritual: str) -> Acknowledgement | None:
        with self.store.db.reading() as conn:
            return replies.acknowledgements(conn, self.occurrence(key, ritual).id).get(key)

    def states(self) -> list[str]:
        """How each occurrence stands, oldest first."""
        with self.store.db.reading() as conn:
            query = select(occurrence_table.c.state).order_by(occurrence_table.c.id)
            return list(conn.execute(query).scalars())

    def kept(self) -> int:
        """How many replies were taken in."""
        with self.store.db.reading() as conn:
            return conn.execute(select(func.count()).select_from(reply_table)).scalar_one()

    def knows_its_place(self) -> bool:
        """Whether a listener has begun, and kept where it stands."""
        with self.store.db.reading() as conn:
            return conn.execute(select(positions)).first() is not None

    def channel_state(self, key: str) -> ChannelState:
        """How the first of a partner's channels stands."""
        partner = self.partner(key).id
        with self.store.db.reading() as conn:
            return channels.channels_of(conn, [partner])[partner][0].state

    def score(self) -> float | None:
        with self.store.db.reading() as conn:
            return couple_standing(conn, self.couple().id).score

    def dump(self) -> str:
        """Everything in the database, as text."""
        raw = self.store.db.engine.raw_connection()
        try:
            driver = raw.driver_connection
            assert driver is not None
            return "\n".join(driver.iterdump())
        finally:
            raw.close()

    @contextmanager
    def serving(self, *, demo: bool = False, port: int | None = None) -> Iterator[str]:
        """Serve the pages on a port of this machine, or on the one named; gives the address."""
        port = port or free_port()
        app = create_app(self.store, demo=demo)
        server = uvicorn.Server(
            uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off")
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not answers(port):
            assert time.monotonic() < deadline, "the pages never came up"
            thread.join(0.02)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(20)


@contextmanager
def house_in(folder: Path, start: datetime = MONDAY, **settings: Any) -> Iterator[House]:
    """A house, closed at the end; `settings` stand over the usual ones, SQLite among them."""
    house = House(folder, start, **settings)
    try:
        yield house
    finally:
        house.close()


def form_mark(page: str) -> str:
    """The mark of the first form on a page."""
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found is not None, "the page holds no form"
    return found[1]


def plain(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
