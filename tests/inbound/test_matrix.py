"""Answers by Matrix, over a real homeserver."""

import uuid
from typing import Any
from urllib.parse import quote

import pytest
from apprise import Apprise
from structlog.testing import capture_logs

from tests.support.chat_servers import Synapse
from tests.support.listening import Notebook, listening
from tests.support.matrix_client import MatrixClient
from tests.support.scripted import scripted
from troth.domain.incoming import AddressKind, normal
from troth.inbound.matrix import MatrixListener, MatrixSettings
from troth.inbound.reading.matrix_event import read_event

OURS = "@nudge:lab.test"


class House:
    """Our account and a partner's, with a room for both."""

    def __init__(self, synapse: Synapse) -> None:
        name = f"nudge-{uuid.uuid4().hex[:8]}"
        self.url, self.own = synapse.url, f"@{name}:lab.test"
        self.us = MatrixClient(synapse, synapse.register(name, "pw"))
        self.alex = MatrixClient(synapse, synapse.register(f"alex-{uuid.uuid4().hex[:8]}", "pw"))
        self.room = self.new_room()
        self.us.post(f"/join/{quote(self.room)}")
        self.nudge_url = f"matrix://{name}:pw@127.0.0.1:{synapse.port}/{self.room}"
        self.memory = Notebook()
        self.alex.write(self.room, "said before Troth was there")

    def new_room(self) -> str:
        return str(self.alex.post("/createRoom", invite=[self.own])["room_id"])

    def listener(self, **more: object) -> MatrixListener:
        told = {"homeserver": self.url, "token": self.us.token, **more}
        return MatrixListener(MatrixSettings.model_validate(told), self.memory)

    def begin(self) -> None:
        """Have been listening once: what was said before is passed over."""
        with listening(self.listener()) as ear:
            self.memory.was_set.wait(30)
            self.alex.write(self.room, "begun")
            assert ear.next().text == "begun"


@pytest.fixture
def house(synapse: Synapse) -> House:
    house = House(synapse)
    house.begin()
    return house


def test_a_nudge_goes_out_and_its_answers_come_back(house: House) -> None:
    plugin = Apprise.instantiate(f"{house.nudge_url}?msgtype=text&hsreq=no")
    assert plugin.notify(body="Hold each other. 3")
    nudge = house.alex.last(house.room)["event_id"]
    with listening(house.listener()) as ear:
        relation = {"m.in_reply_to": {"event_id": nudge}}
        fallback = f"> <{house.own}> Hold each other. 3\n\nwe did"
        house.alex.write(house.room, fallback, **{"m.relates_to": relation})
        reply = ear.next()
        heart = {"rel_type": "m.annotation", "event_id": nudge, "key": "❤️"}
        house.alex.send(house.room, "m.reaction", **{"m.relates_to": heart})
        reaction = ear.next()
    assert (reply.text, reaction.text) == ("we did", "❤️")
    assert reply.quoted == reaction.quoted == "Hold each other. 3"
    assert reply.address == reaction.address == normal(AddressKind.MATRIX, house.room)


def test_a_reaction_that_is_taken_away_is_named(house: House) -> None:
    nudge = house.us.write(house.room, "Hold each other. 3")
    with listening(house.listener()) as ear:
        house.alex.write(house.room, "a first sync")
        ear.next()
        heart = {"rel_type": "m.annotation", "event_id": nudge, "key": "❤️"}
        sent = house.alex.send(house.room, "m.reaction", **{"m.relates_to": heart})
        reaction = ear.next()
        house.alex.redact(house.room, sent)
        gone = ear.next()
        written = house.alex.write(house.room, "we did")
        ear.next()
        house.alex.redact(house.room, written)
        house.alex.write(house.room, "the end")
        assert ear.next().text == "the end"
    assert (reaction.tap, gone.tap, gone.is_taken_away) == (sent, sent, True)
    assert gone.address == reaction.address


def test_what_the_two_say_to_each_other_is_not_for_us(house: House) -> None:
    sam = house.alex.write(house.room, "lovely dinner")
    with listening(house.listener()) as ear:
        assert ear.next().text == "lovely dinner"
        heart = {"rel_type": "m.annotation", "event_id": sam, "key": "❤️"}
        house.alex.send(house.room, "m.reaction", **{"m.relates_to": heart})
        house.us.write(house.room, "done")
        house.alex.write(house.room, "the end")
        assert ear.next().text == "the end"


def test_nothing_is_lost_over_an_outage_however_much_was_said(house: House) -> None:
    said = [f"word {number}" for number in range(130)]
    for text in said:
        house.alex.write(house.room, text)
    with listening(house.listener()) as ear:
        assert [ear.next().text for _ in said] == said


def test_what_was_not_taken_before_a_stop_comes_again(house: House) -> None:
    with listening(house.listener()) as ear:
        ear.shut.set()
        house.alex.write(house.room, "not yet taken")
        assert ear.refused.acquire(timeout=30)
    with listening(house.listener()) as ear:
        assert ear.next().text == "not yet taken"


def test_invitations_are_accepted_only_where_that_is_set(house: House) -> None:
    room = house.new_room()
    with listening(house.listener()) as ear:
        house.alex.write(house.room, "a first sync")
        ear.next()
    with listening(house.listener(joins=True)) as ear:
        other = house.new_room()
        house.alex.write(house.room, "another sync")
        ear.next()
        house.alex.write(house.room, "and one more")
        ear.next()
        house.alex.write(other, "hello")
        assert ear.next().address == normal(AddressKind.MATRIX, other)
        assert room != other


def test_a_refused_token_is_said_without_it() -> None:
    with scripted() as provider:
        settings = MatrixSettings.model_validate({"homeserver": provider.url, "token": "canary"})
        with capture_logs() as lines, listening(MatrixListener(settings, Notebook())):
            provider.say({"errcode": "M_UNKNOWN_TOKEN"}, 401)
            provider.next_asked()
            provider.next_asked()  # it asks again
            provider.end()
    assert lines[0]["status"] == 401
    assert "canary" not in str(lines)


NUDGE = {"sender": OURS, "content": {"body": "Hold each other."}}


def event(kind: str = "m.room.message", **more: Any) -> dict[str, object]:
    content = {"msgtype": "m.text", "body": "done", **more}
    return {"type": kind, "event_id": "$1", "sender": "@alex:lab.test", "content": content}


def related(**relation: Any) -> dict[str, Any]:
    return {"m.relates_to": relation}


@pytest.mark.parametrize(
    "told",
    [
        event() | {"sender": OURS},
        event(msgtype="m.notice"),
        event(msgtype="m.image"),
        event("m.room.member"),
        event(**related(rel_type="m.replace", event_id="$0")),
        event() | {"content": {}},
    ],
)
def test_what_nobody_wrote_to_us_is_no_answer(told: object) -> None:
    assert read_event("!r:lab.test", told, OURS, lambda _: NUDGE) is None


@pytest.mark.parametrize(
    "original",
    [
        None,
        {"sender": "@alex:lab.test", "type": "m.room.message"},
        {"sender": "@moderator:lab.test", "type": "m.reaction"},
    ],
)
def test_only_ones_own_reaction_can_be_taken_away(original: object) -> None:
    told = event("m.room.redaction") | {"redacts": "$0"}
    assert read_event("!r:lab.test", told, OURS, lambda _: original) is None
    newer = event("m.room.redaction", redacts="$0")
    assert read_event("!r:lab.test", newer, OURS, lambda _: original) is None


def test_an_answer_in_a_thread_quotes_where_the_thread_began() -> None:
    relation = {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$somebody"},
    }
    asked = []
    incoming = read_event(
        "!r:lab.test",
        event(**related(**relation)),
        OURS,
        lambda name: asked.append(name) or NUDGE,  # type: ignore[func-returns-value]
    )
    assert incoming is not None
    assert (asked, incoming.quoted) == (["$root"], "Hold each other.")


def test_a_reply_to_what_is_gone_keeps_the_quote_that_it_carries() -> None:
    replied = related(**{"m.in_reply_to": {"event_id": "$x"}})
    reply = event(body=f"> <{OURS}> Hold\n\ndone", **replied)
    incoming = read_event("!r:lab.test", reply, OURS, lambda _: None)
    assert incoming is not None
    assert (incoming.text, incoming.quoted) == ("done", f"<{OURS}> Hold")
