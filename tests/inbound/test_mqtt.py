"""Answers by MQTT, over a real broker."""

import json

import pytest
from apprise import Apprise
from paho.mqtt import subscribe
from pydantic import ValidationError
from structlog.testing import capture_logs

from tests.inbound.mqtt_topics import say, until_heard
from tests.support.chat_servers import Mosquitto
from tests.support.listening import Listening, listening
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.inbound.mqtt import MqttListener, MqttSettings, read_message

TOKEN = "abcdefghijklmnopqrstuvwxyz234567"


def settings(broker: Mosquitto, client_id: str, **more: object) -> MqttSettings:
    told = {"username": broker.username, "password": broker.password, "tls": False}
    place = {"host": "127.0.0.1", "port": broker.port, "client_id": client_id}
    return MqttSettings.model_validate({**told, **place, **more})


def test_a_nudge_goes_out_and_its_answer_comes_back(mosquitto: Mosquitto) -> None:
    login = f"{mosquitto.username}:{mosquitto.password}"
    url = f"mqtt://{login}@127.0.0.1:{mosquitto.port}/troth/ana/nudge?qos=1&retain=yes"
    assert Apprise.instantiate(url).notify(body="Hold each other.")
    nudge = subscribe.simple(
        "troth/ana/nudge",
        hostname="127.0.0.1",
        port=mosquitto.port,
        auth={"username": mosquitto.username, "password": mosquitto.password},
    )
    assert not isinstance(nudge, list)
    assert b"Hold each other." in nudge.payload
    with listening(MqttListener(settings(mosquitto, "first"))) as ear:
        until_heard(mosquitto, ear)
        say(mosquitto, "troth/ana/answer", "we did ❤️")
        say(mosquitto, "troth/ana/answer", json.dumps({"action": "DONE", "token": TOKEN}))
        heard = [_next_answer(ear), _next_answer(ear)]
    assert [one.text for one in heard] == ["we did ❤️", "DONE"]
    assert [one.token for one in heard] == [None, TOKEN]
    assert {one.address for one in heard} == {Address(AddressKind.MQTT, "ana")}


def test_what_came_while_we_were_away_is_kept_by_the_broker(mosquitto: Mosquitto) -> None:
    with listening(MqttListener(settings(mosquitto, "away"))) as ear:
        until_heard(mosquitto, ear)
    for text in ("one", "two", "three"):
        say(mosquitto, "troth/ben/answer", text)
    with listening(MqttListener(settings(mosquitto, "away"))) as ear:
        assert [_next_answer(ear).text for _ in range(3)] == ["one", "two", "three"]


def test_a_message_that_was_not_taken_before_a_stop_comes_again(mosquitto: Mosquitto) -> None:
    with listening(MqttListener(settings(mosquitto, "untaken"))) as ear:
        until_heard(mosquitto, ear)
        ear.shut.set()
        say(mosquitto, "troth/ben/answer", "not yet taken")
        assert ear.refused.acquire(timeout=30)
    with listening(MqttListener(settings(mosquitto, "untaken"))) as ear:
        assert _next_answer(ear).text == "not yet taken"


def test_what_was_said_before_we_came_is_no_answer(mosquitto: Mosquitto) -> None:
    say(mosquitto, "troth/ana/answer", "kept by the broker", retain=True)
    with listening(MqttListener(settings(mosquitto, "retained"))) as ear:
        until_heard(mosquitto, ear)
        say(mosquitto, "troth/ana/answer", "new")
        assert _next_answer(ear).text == "new"


def test_a_wrong_password_is_said_without_it(mosquitto: Mosquitto) -> None:
    with capture_logs() as lines:
        wrong = settings(mosquitto, "wrong", password="canary-1234")
        with listening(MqttListener(wrong)):
            while not lines:
                mosquitto.run("true")
    assert lines[0]["event"] == "way.unreachable"
    assert "canary" not in str(lines)


def _next_answer(ear: Listening) -> Incoming:
    incoming = ear.next()
    while incoming.text == "here":
        incoming = ear.next()
    return incoming


PLAIN = MqttSettings(host="broker")


def test_a_press_sent_twice_is_one_press_and_words_said_twice_are_two() -> None:
    press = json.dumps({"action": "DONE", "token": TOKEN}).encode()
    one, two = (read_message("troth/a/answer", press, PLAIN, name) for name in "12")
    assert one is not None
    assert one == two
    said = {read_message("troth/a/answer", b"done", PLAIN, name) for name in "12"}
    assert len(said) == 2


def test_an_address_may_be_the_topic_that_nudges_go_to() -> None:
    told = MqttSettings(host="broker", topic="home/+/yes", address="home/+/nudge")
    incoming = read_message("home/ana/yes", b"done", told, "1")
    assert incoming is not None
    assert incoming.address.value == "home/ana/nudge"


@pytest.mark.parametrize(
    "payload", [b"", b" ", b'{"action": 7}', b"{}", b"x" * 100_000, b'{"token": "t"}']
)
def test_what_says_nothing_is_no_answer(payload: bytes) -> None:
    assert read_message("troth/a/answer", payload, PLAIN, "1") is None


def test_words_typed_into_home_assistant_are_the_answer() -> None:
    typed = json.dumps({"action": "REPLY", "reply_text": "later 30m"}).encode()
    incoming = read_message("troth/a/answer", typed, PLAIN, "1")
    assert incoming is not None
    assert incoming.text == "later 30m"


@pytest.mark.parametrize("topic", ["troth/answer", "troth/#", "+/+/answer", "troth/a+/answer"])
def test_a_topic_has_one_place_for_the_partner(topic: str) -> None:
    with pytest.raises(ValidationError):
        MqttSettings(host="broker", topic=topic)
