"""Answers by chat, over real servers and both ways: out as a nudge, back as a reply."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from apprise.plugins.telegram import NotifyTelegram

from tests.inbound.far_ends import ChatEnd, MatrixEnd, MqttEnd, TelegramEnd, XmppEnd
from tests.inbound.talk import Talk, talk_with
from tests.support.chat_servers import TelegramEmulator
from troth.bootstrap import open_inbox
from troth.domain.states import ChannelState, OccurrenceState

ENDS = {"prosody": XmppEnd, "synapse": MatrixEnd, "mosquitto": MqttEnd, "emulator": TelegramEnd}


@pytest.fixture(params=ENDS)
def far(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatEnd]:
    server = request.getfixturevalue(request.param)
    if isinstance(server, TelegramEmulator):  # the one whose address no channel can tell
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"{server.url}/bot")
    with closing(ENDS[request.param](server)) as far:
        yield far


@pytest.fixture
def talk(far: ChatEnd, tmp_path: Path, store_url: str) -> Iterator[Talk]:
    """The service listens, and Ana has agreed; the coffee of the day was nudged for, unread."""
    with talk_with(far, tmp_path, store_url) as talk, open_inbox(talk.house.store).listening():
        far.wait_until(lambda: far.is_listened_to(talk.house), "listener")
        talk.is_asked_first()
        talk.writes("YES")
        talk.is_nudged()
        yield talk


def test_a_nudge_goes_out_its_answer_settles_and_is_echoed_once_until_stop(talk: Talk) -> None:
    talk.shows("Two cups, one table", "Reply done, later or skip")
    talk.writes("done")
    assert talk.house.states() == [OccurrenceState.KEPT]
    talk.house.wind(minutes=1)
    talk.shows("noted as done")
    talk.shows_nothing()
    talk.writes("STOP")
    assert talk.house.channel_state("ana") is ChannelState.STOPPED
    talk.house.wind(days=2)
    talk.shows("nothing more here")
    talk.shows_nothing()
