"""Saying something on a topic of a real broker."""

from paho.mqtt import publish
from paho.mqtt.enums import MQTTProtocolVersion

from tests.support.chat_servers import Mosquitto
from tests.support.listening import Listening


def say(broker: Mosquitto, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
    login = {"username": broker.username, "password": broker.password}
    publish.single(
        topic,
        payload,
        qos=1,
        retain=retain,
        hostname="127.0.0.1",
        port=broker.port,
        auth=login,  # type: ignore[arg-type]
        protocol=MQTTProtocolVersion.MQTTv311,
    )


def until_heard(broker: Mosquitto, ear: Listening) -> None:
    """Say something until the listener has subscribed and hears it."""
    while not ear.taken():
        say(broker, "troth/here/answer", "here")
