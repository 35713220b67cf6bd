"""Ana's ends of four chats; each is reached through accounts that no other test has."""

import itertools
import queue
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.chat_servers import ChatServer, Mosquitto, Prosody, Synapse, TelegramEmulator
from tests.support.house import House
from tests.support.listening import PATIENCE
from tests.support.matrix_client import MatrixClient
from tests.support.xmpp_phone import XmppPhone

_NUMBERS = itertools.count()


def new_name(role: str) -> str:
    return f"{role}-{uuid.uuid4().hex[:8]}"


class ChatEnd(ABC):
    """A far end of one chat server; it is told which before anything else."""

    channel: str
    address: str
    inbound: dict[str, dict[str, Any]]

    def __init__(self, server: ChatServer) -> None:
        self.wait_until: Callable[[Callable[[], bool], str], None] = server.wait_until

    @abstractmethod
    def next(self) -> str: ...

    @abstractmethod
    def write(self, said: str) -> None: ...

    @abstractmethod
    def send(self, said: str) -> None: ...

    def is_listened_to(self, house: House) -> bool:  # noqa: ARG002 - for those who have to know
        """Whether the service hears from now on what is written here."""
        return True

    def close(self) -> None:  # noqa: B027 - most keep none open
        """Let connections go."""


class XmppEnd(ChatEnd):
    def __init__(self, server: Prosody) -> None:
        super().__init__(server)
        self._ours, self._ana = new_name("nudge"), new_name("ana")
        for name in (self._ours, self._ana):
            server.register(name)
        self.address = f"xmpp:{self._ana}@localhost"
        self.channel = (
            f"xmpp://{self._ours}:{server.password}@localhost:{server.port}/{self._ana}@localhost"
            "?mode=starttls&verify=no&xmpp=127.0.0.1"
        )
        account = {"jid": f"{self._ours}@localhost/inbox", "password": server.password}
        place = {"host": "127.0.0.1", "port": server.port, "ca_file": server.ca_file}
        self.inbound = {"xmpp": account | place}
        self._phone, self._friend = XmppPhone(server, self._ana), XmppPhone(server, "alex")

    def next(self) -> str:
        return self._phone.next()

    def write(self, said: str) -> None:
        self._phone.write(said, to=self._ours)

    def send(self, said: str) -> None:
        self._friend.write(said, to=self._ana)


class MatrixEnd(ChatEnd):
    def __init__(self, server: Synapse) -> None:
        super().__init__(server)
        name = new_name("nudge")
        self._us = MatrixClient(server, server.register(name, "pw"))
        self._ana = MatrixClient(server, server.register(new_name("ana"), "pw"))
        invited = self._ana.post("/createRoom", invite=[f"@{name}:lab.test"])
        self._room = str(invited["room_id"])
        self._us.post(f"/join/{quote(self._room)}")
        self._from = self._ana.place(self._room)
        self.address = f"matrix:{self._room}"
        self.channel = (
            f"matrix://{name}:pw@127.0.0.1:{server.port}/{self._room}?msgtype=text&hsreq=no"
        )
        self.inbound = {"matrix": {"homeserver": server.url, "token": self._us.token}}
        self._unread: list[str] = []

    def next(self) -> str:
        self.wait_until(self._has_news, "message in the room")
        return self._unread.pop(0)

    def write(self, said: str) -> None:
        self._ana.write(self._room, said)

    def send(self, said: str) -> None:
        self._us.write(self._room, said)

    def is_listened_to(self, house: House) -> bool:
        return house.knows_its_place()  # what was said in the room before is no answer

    def _has_news(self) -> bool:
        if not self._unread:
            said, self._from = self._ana.said(self._room, self._from)
            self._unread = said
        return bool(self._unread)


class MqttEnd(ChatEnd):
    def __init__(self, server: Mosquitto) -> None:
        super().__init__(server)
        name = new_name("ana")
        self._nudges, self._answers = f"troth/{name}/nudge", f"troth/{name}/answer"
        self.address = f"mqtt:{name}"
        login = {"username": server.username, "password": server.password}
        place = {"host": "127.0.0.1", "port": server.port, "tls": False}
        self._server, self._session = server, new_name("troth")
        self.inbound = {"mqtt": {**login, **place, "client_id": self._session}}
        self.channel = f"mqtt://{server.username}:{server.password}@127.0.0.1:{server.port}/{self._nudges}?qos=1"
        self._heard: queue.Queue[str] = queue.Queue()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(server.username, server.password)
        self._client.on_message = lambda _, __, came: self._heard.put(came.payload.decode())
        self._client.connect("127.0.0.1", server.port)
        self._client.loop_start()
        self._client.subscribe(self._nudges, qos=1)

    def next(self) -> str:
        return self._heard.get(timeout=PATIENCE)

    def write(self, said: str) -> None:
        self._client.publish(self._answers, said, qos=1).wait_for_publish(PATIENCE)

    def send(self, said: str) -> None:
        self._client.publish(self._nudges, said, qos=1).wait_for_publish(PATIENCE)

    def is_listened_to(self, house: House) -> bool:  # noqa: ARG002
        return f"{self._session} 1 troth/+/answer" in self._server.output

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class TelegramEnd(ChatEnd):
    """The emulator has no other users who could write: the bot does it, by another program."""

    def __init__(self, server: TelegramEmulator) -> None:
        super().__init__(server)
        self._server, self._chat = server, 4_000 + next(_NUMBERS)
        self._token = f"{self._chat}:{'a' * 35}"
        self.address = f"telegram:{self._chat}"
        self.channel = f"tgram://{self._token}/{self._chat}?format=text"
        self.inbound = {"telegram": {"token": self._token, "base_url": server.url}}
        self._read = 0

    def next(self) -> str:
        self.wait_until(lambda: len(self._said()) > self._read, "message of the bot")
        self._read += 1
        return self._said()[self._read - 1]

    def write(self, said: str) -> None:
        self._server.write_to_bot(self._token, self._chat, said)

    def send(self, said: str) -> None:
        told: dict[str, Any] = {"chat_id": self._chat, "text": said}
        url = f"{self._server.url}/bot{self._token}/sendMessage"
        requests.post(url, json=told, timeout=20).raise_for_status()

    def _said(self) -> list[str]:
        messages = [item["message"] for item in self._server.history(self._token)]
        return [one["text"] for one in messages if isinstance(one, dict) and "chat_id" in one]
