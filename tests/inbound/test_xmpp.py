"""Answers by XMPP, over a real server."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, fromstring

import pytest
from apprise import Apprise
from structlog.testing import capture_logs

from tests.support.chat_servers import ArchivingProsody, Prosody
from tests.support.listening import listening
from tests.support.xmpp_phone import XmppPhone
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.inbound.reading.xmpp_names import Names
from troth.inbound.xmpp import XmppListener, XmppSettings, read_message

NOW = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
ALEX = Address(AddressKind.XMPP, "alex@localhost")


@pytest.fixture(scope="module", params=[Prosody, ArchivingProsody])
def prosody(request: pytest.FixtureRequest) -> Iterator[Prosody]:
    kind: type[Prosody] = request.param
    with kind.running_or_skipped() as server:
        yield server


def settings(prosody: Prosody, **more: object) -> XmppSettings:
    return XmppSettings.model_validate(
        {
            "jid": "nudge@localhost/inbox",
            "password": prosody.password,
            "host": "127.0.0.1",
            "port": prosody.port,
            "ca_file": prosody.ca_file,
            **more,
        }
    )


def test_a_nudge_goes_out_and_its_answer_comes_back(prosody: Prosody) -> None:
    url = (
        f"xmpp://nudge:{prosody.password}@localhost:{prosody.port}/alex@localhost"
        "?mode=starttls&verify=no&xmpp=127.0.0.1"
    )
    assert Apprise.instantiate(url).notify(body="Hold each other.")
    with listening(XmppListener(settings(prosody))) as ear:
        told = XmppPhone(prosody, "alex").write("> Hold each other.\nwe did ❤️", wait_for=1)
        incoming = ear.next()
    assert "Hold each other." in told[0]
    assert (incoming.address, incoming.text) == (ALEX, "we did ❤️")
    assert incoming.quoted == "Hold each other."


def test_what_came_while_we_were_away_is_handed_out_in_order(prosody: Prosody) -> None:
    XmppPhone(prosody, "alex").write("one", "two", "three")
    with listening(XmppListener(settings(prosody))) as ear:
        taken = [ear.next() for _ in range(3)]
    assert [one.text for one in taken] == ["one", "two", "three"]
    assert len({one.provider_id for one in taken}) == 3


def test_a_message_is_kept_while_the_store_is_away(prosody: Prosody) -> None:
    with listening(XmppListener(settings(prosody))) as ear:
        ear.shut.set()
        XmppPhone(prosody, "alex").write("done")
        assert ear.refused.acquire(timeout=30)
        ear.shut.clear()
        assert ear.next().text == "done"


def test_a_message_that_was_not_taken_before_a_stop_comes_again(prosody: Prosody) -> None:
    with listening(XmppListener(settings(prosody))) as ear:
        ear.shut.set()
        XmppPhone(prosody, "alex").write("not yet taken")
        assert ear.refused.acquire(timeout=30)
    with listening(XmppListener(settings(prosody))) as ear:
        assert ear.next().text == "not yet taken"


def test_messages_that_bear_the_same_number_are_two(prosody: Prosody) -> None:
    phone = XmppPhone(prosody, "alex", numbers="1")
    with listening(XmppListener(settings(prosody))) as ear:
        phone.write("done")
        phone.write("done")
        heard = [ear.next(), ear.next()]
    for text in ("no", "undo"):  # the same words within seconds may be one, kept and handed again
        phone.write(text)
    with listening(XmppListener(settings(prosody))) as ear:
        heard += [ear.next(), ear.next()]
    assert [one.text for one in heard] == ["done", "done", "no", "undo"]
    assert len({one.provider_id for one in heard}) == 4


def test_a_message_that_is_handed_out_again_is_the_same(prosody: Prosody) -> None:
    XmppPhone(prosody, "alex", numbers="1").write("kept for us")
    offered = []
    for _ in range(3):
        with listening(XmppListener(settings(prosody)), is_shut=True) as ear:
            offered.append(ear.untaken.get(timeout=30))
    with listening(XmppListener(settings(prosody))) as ear:
        offered.append(ear.next())
    assert {one.text for one in offered} == {"kept for us"}
    assert len({one.provider_id for one in offered}) == 1


def test_a_wrong_password_and_a_strange_certificate_are_said_without_them(
    prosody: Prosody, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for wrong in ({"password": "canary-1234"}, {"ca_file": None}):
        with capture_logs() as lines:
            seen = threading.Event()
            listener = XmppListener(settings(prosody, **wrong))
            with listening(listener):
                while not seen.wait(0.05):
                    seen.set() if lines else None
        assert {line["event"] for line in lines} == {"way.unreachable"}
        assert not any(secret in f"{lines}{caplog.text}" for secret in ("canary", "nudge@"))


def stanza(text: str) -> Element:
    return fromstring(f"<message xmlns='jabber:client' {text}</message>")  # noqa: S314 - our own


def read(text: str) -> Incoming | None:
    return read_message(stanza(text), "nudge@x", Names(), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "from='alex@x' type='groupchat'><body>done</body>",
        "from='alex@x' type='error'><body>done</body>",
        "from='alex@x' type='headline'><body>done</body>",
        "from='nudge@x/phone' type='chat'><body>done</body>",
        "from='alex@x' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/>",
        "type='chat'><body>done</body>",
        "from='alex@x' type='chat'><body>&gt; only a quote</body>",
    ],
)
def test_what_nobody_wrote_to_us_is_no_answer(text: str) -> None:
    assert read(text) is None


def test_a_reaction_is_its_emoji() -> None:
    text = (
        "from='Alex@X/phone' id='1' type='chat'>"
        "<reactions xmlns='urn:xmpp:reactions:0' id='7'><reaction>👍</reaction></reactions>"
    )
    incoming = read(text)
    assert incoming is not None
    assert (incoming.text, incoming.address.value) == ("👍", "alex@x")


def test_a_reaction_taken_away_names_the_one_that_it_was() -> None:
    told = "from='alex@x/phone' id='{}' type='chat'><reactions xmlns='urn:xmpp:reactions:0' id='7'"
    added = read(f"{told.format(1)}><reaction>👍</reaction></reactions>")
    gone = read(f"{told.format(2)}/>")
    assert added is not None
    assert gone is not None
    assert added.tap == gone.tap is not None
    assert (added.is_taken_away, gone.is_taken_away) == (False, True)
