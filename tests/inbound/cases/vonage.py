"""Vonage's requests; its own library checks the token alone."""

import hashlib
import json

import jwt
from pydantic import SecretStr
from vonage_jwt import verify_signature

from tests.inbound.case import URL, Case, Message, Seal
from troth.inbound.hook import Hook
from troth.inbound.proofs.age import WINDOW
from troth.inbound.vonage import Vonage, VonageSettings


def way(secret: str, previous: str | None = None) -> Vonage:
    former = previous and SecretStr(previous)
    return Vonage(VonageSettings(secret=SecretStr(secret), previous=former or None))


def fields(message: Message) -> dict[str, str | None]:
    return {
        "channel": "sms",
        "message_type": "text",
        "message_uuid": message.id,
        "from": message.sender.removeprefix("+"),
        "text": message.text,
    }


def claims(body: bytes, seal: Seal) -> dict[str, object]:
    made_at = int(seal.at.timestamp())
    return {
        "iat": made_at,
        "jti": seal.id,
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
    }


def sign(body: bytes, seal: Seal) -> Hook:
    return bearing(jwt.encode(claims(body, seal), seal.secret), body)


def bearing(token: str, body: bytes) -> Hook:
    return Hook("POST", URL, "", {"authorization": f"Bearer {token}"}, body)


def accepts(hook: Hook, secret: str) -> bool:
    token = hook.headers["authorization"].removeprefix("Bearer ")
    is_hashed = hashlib.sha256(hook.body).hexdigest() in str(
        jwt.decode(token, options={"verify_signature": False})
    )
    return is_hashed and bool(verify_signature(token, secret))


CASE = Case(
    "vonage",
    way,
    lambda message: json.dumps(fields(message)).encode(),
    sign,
    window=WINDOW,
    accepts=accepts,
)
