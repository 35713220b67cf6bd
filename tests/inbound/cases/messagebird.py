"""MessageBird's requests, checked by its own library."""

import hashlib
import json

import jwt
from messagebird.error import ValidationError
from messagebird.request_validator import RequestValidator
from pydantic import SecretStr

from tests.inbound.case import URL, Case, Message, Seal
from troth.inbound.hook import Hook
from troth.inbound.messagebird import MessageBird, MessageBirdSettings
from troth.inbound.proofs.age import WINDOW

SIGNATURE = "messagebird-signature-jwt"


def way(secret: str, previous: str | None = None) -> MessageBird:
    former = previous and SecretStr(previous)
    return MessageBird(MessageBirdSettings(secret=SecretStr(secret), previous=former or None))


def fields(message: Message) -> dict[str, str | None]:
    number = message.sender.removeprefix("+")
    return {"id": message.id, "originator": number, "payload": message.text}


def claims(body: bytes, seal: Seal) -> dict[str, object]:
    made_at = int(seal.at.timestamp())
    return {
        "iss": "MessageBird",
        "nbf": made_at,
        "exp": made_at + 3_600,
        "jti": seal.id,
        "url_hash": hashlib.sha256(URL.encode()).hexdigest(),
        "payload_hash": hashlib.sha256(body).hexdigest(),
    }


def sign(body: bytes, seal: Seal) -> Hook:
    return bearing(jwt.encode(claims(body, seal), seal.secret), body)


def bearing(token: str, body: bytes) -> Hook:
    return Hook("POST", URL, "", {SIGNATURE: token}, body)


def accepts(hook: Hook, secret: str) -> bool:
    try:
        RequestValidator(secret).validate_signature(hook.headers[SIGNATURE], hook.url, hook.body)
    except ValidationError:
        return False
    return True


CASE = Case(
    "messagebird",
    way,
    lambda message: json.dumps(fields(message)).encode(),
    sign,
    is_url_signed=True,
    window=WINDOW,
    accepts=accepts,
)
