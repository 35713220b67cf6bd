"""Answers by text message, over a real gateway and both ways: out as a nudge, back as a reply."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from tests.support.carrier import Text
from tests.support.house import House, house_in
from tests.support.sms_gateway import SECRET, Kannel, PostingKannel
from troth.domain.states import ChannelState, OccurrenceState
from troth.store import channels
from troth.store.tables import occurrences, replies

ANA = "+15550100"
COUPLE = """
couple = "Ana & Ben"
timezone = "Europe/Lisbon"
[partners.ana]
name = "Ana"
channels = [{{ url = "{url}", address = "phone:{number}", sensitivity = "open" }}]
[partners.ben]
name = "Ben"
[rituals.coffee]
practice = "shared-coffee"
cron = "15 7 * * *"
rule = "either"
"""


@pytest.fixture(scope="module", params=[Kannel, PostingKannel])
def kannel(request: pytest.FixtureRequest) -> Iterator[Kannel]:
    kind: type[Kannel] = request.param
    with kind.running_or_skipped() as server:
        yield server


class Line:
    """A couple's service, with Ana at the end of a line through the gateway."""

    def __init__(self, house: House, kannel: Kannel) -> None:
        self.house, self.kannel = house, kannel

    def shows(self, *words: str) -> Text:
        """The text that comes next to Ana's phone, which holds these words."""
        text = self.kannel.carrier.next()
        assert text.to == ANA
        assert all(word in text.said for word in words), text
        return text

    def shows_nothing(self) -> None:
        """Nothing came to her phone before what is sent now."""
        self.kannel.send(ANA, "the end")
        assert self.kannel.carrier.next() == Text(ANA, "the end")

    def writes(self, said: str) -> None:
        """Ana writes, and it is taken in."""
        before = self.kept()
        self.kannel.carrier.write(ANA, said)
        self.kannel.wait_until(lambda: self.kept() > before, f"reply {said!r}")

    def kept(self) -> int:
        with self.house.store.db.reading() as conn:
            return conn.execute(select(func.count()).select_from(replies)).scalar_one()

    def states(self) -> list[str]:
        """How each occurrence stands, oldest first."""
        with self.house.store.db.reading() as conn:
            query = select(occurrences.c.state).order_by(occurrences.c.id)
            return list(conn.execute(query).scalars())

    def channel_state(self) -> ChannelState:
        partner = self.house.partner("ana").id
        with self.house.store.db.reading() as conn:
            return channels.channels_of(conn, [partner])[partner][0].state


def hand_on(port: int, pages: str, *, is_answered: bool) -> bytes:
    """Stand between the gateway and the pages for one request; the answer may get lost."""
    with socket.create_server(("127.0.0.1", port)) as between:
        gateway, _ = between.accept()
        with gateway, socket.create_connection(("127.0.0.1", urlsplit(pages).port or 80)) as on:
            asked = gateway.recv(65_536)
            on.sendall(asked)
            told = on.recv(65_536)
            if is_answered:
                gateway.sendall(told)
    return asked


@pytest.fixture
def line(tmp_path: Path, kannel: Kannel) -> Iterator[Line]:
    """The coffee of the day was nudged for, and its text is on Ana's phone, unread."""
    told = {"gateway": {"secret": SECRET}}
    with house_in(tmp_path, public_url="https://troth.test", inbound=told) as house:
        house.take_in_file(COUPLE.format(url=kannel.channel(ANA), number=ANA))
        line = Line(house, kannel)
        house.wind(minutes=1)
        line.shows("Is it all right to write to you here?")
        with house.serving(port=kannel.web_port):
            line.writes("YES")
        house.wind(minutes=1)
        assert line.channel_state() is ChannelState.CONFIRMED
        line.shows("You will hear from Troth here")
        house.wind(hours=2)
        yield line


def test_a_nudge_goes_out_its_answer_settles_and_is_echoed_once(line: Line) -> None:
    line.shows("Two cups, one table", "Reply done, later or skip")
    with line.house.serving(port=line.kannel.web_port):
        line.writes("done")
    assert line.states() == [OccurrenceState.KEPT]
    line.house.wind(minutes=1)
    line.shows("noted as done")
    line.shows_nothing()


def test_a_thumb_is_an_answer(line: Line) -> None:
    line.shows()
    with line.house.serving(port=line.kannel.web_port):
        line.writes("👍")
    assert line.states() == [OccurrenceState.KEPT]


def test_what_is_written_while_the_pages_are_away_comes_again_and_counts_once(line: Line) -> None:
    line.shows()
    before = len(line.kannel.failures())
    line.kannel.carrier.write(ANA, "done")
    line.kannel.wait_until(lambda: len(line.kannel.failures()) > before + 1, "second try")
    assert len(set(line.kannel.failures()[before:])) == 1, "what was taken has come again"
    assert line.kept() == 1
    with line.house.serving(port=line.kannel.web_port):
        line.kannel.wait_until(lambda: line.kept() == 2, "answer")
    assert line.states() == [OccurrenceState.KEPT]
    line.house.wind(minutes=1)
    line.shows()
    line.shows_nothing()


def test_an_answer_that_is_handed_over_twice_counts_once(line: Line) -> None:
    line.shows()
    with line.house.serving() as pages:
        line.kannel.carrier.write(ANA, "done")
        first = hand_on(line.kannel.web_port, pages, is_answered=False)
        again = hand_on(line.kannel.web_port, pages, is_answered=True)
    assert first == again
    assert line.kept() == 2
    line.house.wind(minutes=1)
    line.shows()
    line.shows_nothing()


def test_stop_ends_it_by_this_channel_at_once(line: Line) -> None:
    line.shows()
    with line.house.serving(port=line.kannel.web_port):
        line.writes("STOP")
    assert line.channel_state() is ChannelState.STOPPED
    line.house.wind(days=2)
    line.shows("nothing more here")
    line.shows_nothing()
