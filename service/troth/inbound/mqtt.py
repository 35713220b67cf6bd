"""The way in by MQTT, for homes that have a broker. Needs the extra `mqtt`.

One topic holds all answers, with `+` where the partner's part stands. What comes is text (`done`)
or JSON, as Home Assistant's actionable notifications send it: {"action": "DONE", "token": "..."}.
The broker keeps what comes while we are away, for the session is ours and nothing is confirmed
before it was taken.
"""

import ssl
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import structlog
from pydantic import Field, SecretStr, field_validator

from troth.domain.incoming import AddressKind, Incoming
from troth.inbound.hook import UnreadableError, WaySettings
from troth.inbound.listener import LEAST_WAIT, MOST_WAIT, Take, hand_over, mark
from troth.inbound.reading.chat_message import chat_message
from troth.inbound.reading.json_value import LONGEST_NAME, id_at, load_json, words_at
from troth.inbound.reading.storable import storable

if TYPE_CHECKING:
    from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

log = structlog.get_logger()
WAY = "mqtt"
_QOS = 1  # at least once
_LARGEST = 64 * 1024  # bytes of a payload


class MqttSettings(WaySettings):
    """A broker and the topic of answers. `address` tells an answer's address from the part."""

    host: str
    port: int = Field(8883, ge=1, le=65_535)
    tls: bool = True
    ca_file: Path | None = Field(
        None, description="Whom to trust instead of the usual authorities."
    )
    username: str | None = None
    password: SecretStr | None = None
    client_id: str = Field("troth-inbox", min_length=1, max_length=64)
    topic: str = Field(
        "troth/+/answer", description="Where answers come, + for the partner's part."
    )
    address: str = Field(
        "+", description="The address of what comes: the part alone, or the topic of its nudges."
    )

    @field_validator("topic", "address")
    @classmethod
    def _has_one_part(cls, pattern: str) -> str:
        if pattern.split("/").count("+") != 1 or pattern.count("+") != 1 or "#" in pattern:
            raise ValueError("a pattern has one + between its slashes, and no #")
        return pattern


class MqttListener:
    """Messages on the topic of answers."""

    name: ClassVar[str] = WAY

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._names: dict[int, tuple[str, str]] = {}  # by the broker's number, which is of 16 bits

    def run(self, take: Take, stopping: threading.Event) -> None:
        """Stay connected until stopped; the library connects again, after one second to sixty."""
        client = self._client()

        def came(client: "Client", _: object, message: "MQTTMessage") -> None:
            if self._is_taken(message, take, stopping):
                client.ack(message.mid, message.qos)

        client.on_connect = self._subscribe
        client.on_subscribe = _note_refusal
        client.on_message = came
        client.connect_async(self._settings.host, self._settings.port, keepalive=60)
        client.loop_start()
        stopping.wait()
        client.disconnect()
        client.loop_stop()

    def _is_taken(self, message: "MQTTMessage", take: Take, stopping: threading.Event) -> bool:
        """Take a message; what says nothing, or was said before we came (retained), needs none."""
        if message.retain:
            return True
        topic, payload = message.topic, message.payload
        incoming = read_message(topic, bytes(payload), self._settings, self._name(message))
        return incoming is None or hand_over(incoming, take, stopping)

    def _name(self, message: "MQTTMessage") -> str:
        """Return a name: MQTT has none, only a number for what it sends again, and marks that."""
        told = mark(message.topic, message.payload.hex())
        before = self._names.get(message.mid)
        again = message.dup and before is not None and before[0] == told
        name = before[1] if again and before is not None else uuid.uuid4().hex
        self._names[message.mid] = (told, name)
        return name

    def _client(self) -> "Client":
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        settings = self._settings
        client = Client(
            CallbackAPIVersion.VERSION2, settings.client_id, clean_session=False, manual_ack=True
        )
        if settings.username is not None:
            password = settings.password.get_secret_value() if settings.password else None
            client.username_pw_set(settings.username, password)
        if settings.tls:
            client.tls_set_context(ssl.create_default_context(cafile=settings.ca_file))
        client.reconnect_delay_set(int(LEAST_WAIT), int(MOST_WAIT))
        return client

    def _subscribe(
        self,
        client: "Client",
        _: object,
        flags: "ConnectFlags",  # noqa: ARG002
        reason: "ReasonCode",
        properties: "Properties | None",  # noqa: ARG002
    ) -> None:
        if reason.is_failure:
            log.warning("way.unreachable", way=WAY, status=reason.value)
            return
        client.subscribe(self._settings.topic, _QOS)


def _note_refusal(
    _client: "Client", _: object, _mid: int, reasons: "list[ReasonCode]", _more: object
) -> None:
    for reason in reasons:
        if reason.is_failure:
            log.error("way.refused", way=WAY, status=reason.value)


def read_message(topic: str, payload: bytes, settings: MqttSettings, name: str) -> Incoming | None:
    """Return what a payload says; None where it says nothing.

    With a token the press of a button is one and the same however often it is sent: its name is
    then made of what it says, and `name` is for the others.
    """
    part = _part(topic, settings.topic)
    if part is None or len(payload) > _LARGEST:
        return None
    text, token = _said(payload.decode("utf-8", "replace").strip())
    number = mark(topic, text or "", token) if token else name
    place = settings.address.replace("+", part)
    return chat_message(AddressKind.MQTT, number, place, text, token)


def _said(said: str) -> tuple[str | None, str | None]:
    """Return (text, token) of a text or a JSON object; Home Assistant adds a typed `reply_text`."""
    if not said.startswith("{"):
        return storable(said), None
    try:
        told = load_json(said)
    except UnreadableError:
        return storable(said), None
    action, typed = words_at(told, "action"), words_at(told, "reply_text")
    text = typed if action == "REPLY" else action
    return text, id_at(told, "token")


def _part(topic: str, pattern: str) -> str | None:
    """Return what stands in a topic where its pattern has the +."""
    levels, wanted = topic.split("/"), pattern.split("/")
    if len(levels) != len(wanted):
        return None
    part = levels[wanted.index("+")]
    return storable(part)[:LONGEST_NAME] or None
