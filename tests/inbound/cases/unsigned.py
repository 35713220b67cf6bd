"""Those who sign nothing: a secret of ours in the address they call is all there is."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from tests.inbound.case import URL, Case, Message, Seal
from troth.inbound.clicksend import ClickSend, ClickSendSettings
from troth.inbound.fortysix_elks import FortysixElks, FortysixElksSettings
from troth.inbound.gateway import Gateway, GatewaySettings
from troth.inbound.hook import Hook, HookWay
from troth.inbound.sinch import Sinch, SinchSettings


def by_query(body: bytes, seal: Seal) -> Hook:
    return Hook("POST", URL, urlencode({"secret": seal.secret}), {}, body)


def by_password(body: bytes, seal: Seal) -> Hook:
    written = base64.b64encode(f"any:{seal.secret}".encode()).decode()
    return Hook("POST", URL, "", {"authorization": f"Basic {written}"}, body)


def _way(made: Callable[[Any], HookWay], settings: Any) -> Callable[[str, str | None], HookWay]:
    def way(secret: str, previous: str | None = None) -> HookWay:
        former = SecretStr(previous) if previous else None
        return made(settings(secret=SecretStr(secret), previous=former))

    return way


def _form(**names: str) -> Callable[[Message], bytes]:
    def body(message: Message) -> bytes:
        said = {"id": message.id, "from": message.sender, "text": message.text}
        return urlencode({names.get(n, n): said[n] for n in said if said[n] is not None}).encode()

    return body


def _sinch(message: Message) -> bytes:
    number = message.sender.removeprefix("+")
    said = {"type": "mo_text", "id": message.id, "from": number, "body": message.text}
    return json.dumps(said).encode()


_elks = _way(FortysixElks, FortysixElksSettings)
_clicksend = _way(ClickSend, ClickSendSettings)
_rows = (
    ("sinch", _way(Sinch, SinchSettings), _sinch, by_password),
    ("46elks", _elks, _form(text="message"), by_password),
    ("46elks by query", _elks, _form(text="message"), by_query),
    ("clicksend", _clicksend, _form(id="message_id", text="body"), by_query),
    ("gateway", _way(Gateway, GatewaySettings), _form(), by_query),
)
CASES = tuple(Case(*row, is_body_signed=False) for row in _rows)
