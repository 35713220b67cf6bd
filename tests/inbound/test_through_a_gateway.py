"""Answers by text message, over a real gateway and both ways: out as a nudge, back as a reply."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.inbound.phone import ANA, Phone
from tests.inbound.talk import Talk, talk_with
from tests.support.sms_gateway import Kannel, PostingKannel
from troth.domain.states import ChannelState, OccurrenceState

pytestmark = pytest.mark.parametrize(
    ("kannel", "store_url"), [(Kannel, "sqlite"), (PostingKannel, "postgresql")], indirect=True
)


@pytest.fixture(scope="module")
def kannel(request: pytest.FixtureRequest) -> Iterator[Kannel]:
    kind: type[Kannel] = request.param
    with kind.running_or_skipped() as server:
        yield server


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
def line(tmp_path: Path, store_url: str, kannel: Kannel) -> Iterator[Talk]:
    """The coffee of the day was nudged for, and its text is on Ana's phone, unread."""
    with talk_with(Phone(kannel), tmp_path, store_url) as line:
        line.is_asked_first()
        with line.house.serving(port=kannel.web_port):
            line.writes("YES")
        line.is_nudged()
        yield line


def test_a_nudge_goes_out_its_answer_settles_and_is_echoed_once(line: Talk, kannel: Kannel) -> None:
    line.shows("Two cups, one table", "Reply done, later or skip")
    with line.house.serving(port=kannel.web_port):
        line.writes("done")
    assert line.house.states() == [OccurrenceState.KEPT]
    line.house.wind(minutes=1)
    line.shows("noted as done")
    line.shows_nothing()


def test_a_thumb_is_an_answer(line: Talk, kannel: Kannel) -> None:
    line.shows()
    with line.house.serving(port=kannel.web_port):
        line.writes("👍")
    assert line.house.states() == [OccurrenceState.KEPT]


def test_what_is_written_while_the_pages_are_away_comes_again_and_counts_once(
    line: Talk, kannel: Kannel
) -> None:
    line.shows()
    before = len(kannel.failures())
    kannel.carrier.write(ANA, "done")
    kannel.wait_until(lambda: len(kannel.failures()) > before + 1, "second try")
    assert len(set(kannel.failures()[before:])) == 1, "what was taken has come again"
    assert line.house.kept() == 1
    with line.house.serving(port=kannel.web_port):
        kannel.wait_until(lambda: line.house.kept() == 2, "answer")
    assert line.house.states() == [OccurrenceState.KEPT]
    line.house.wind(minutes=1)
    line.shows()
    line.shows_nothing()


def test_an_answer_that_is_handed_over_twice_counts_once(line: Talk, kannel: Kannel) -> None:
    line.shows()
    with line.house.serving() as pages:
        kannel.carrier.write(ANA, "done")
        first = hand_on(kannel.web_port, pages, is_answered=False)
        again = hand_on(kannel.web_port, pages, is_answered=True)
    assert first == again
    assert line.house.kept() == 2
    line.house.wind(minutes=1)
    line.shows()
    line.shows_nothing()


def test_stop_ends_it_by_this_channel_at_once(line: Talk, kannel: Kannel) -> None:
    line.shows()
    with line.house.serving(port=kannel.web_port):
        line.writes("STOP")
    assert line.house.channel_state("ana") is ChannelState.STOPPED
    line.house.wind(days=2)
    line.shows("nothing more here")
    line.shows_nothing()
