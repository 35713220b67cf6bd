"""Telnyx's events, signed by PyNaCl and checked by its own library."""

import base64
import hashlib
import json

from nacl.signing import SigningKey

from tests.inbound.case import URL, Case, Message, Seal
from troth.inbound.hook import Hook
from troth.inbound.proofs.age import WINDOW
from troth.inbound.telnyx import Telnyx, TelnyxSettings


def _key(secret: str) -> SigningKey:
    return SigningKey(hashlib.sha256(secret.encode()).digest())


def _public(secret: str) -> str:
    return base64.b64encode(bytes(_key(secret).verify_key)).decode()


def way(secret: str, previous: str | None = None) -> Telnyx:
    former = previous and _public(previous)
    return Telnyx(TelnyxSettings(public_key=_public(secret), previous=former or None))


def body(message: Message) -> bytes:
    payload = {"from": {"phone_number": message.sender}, "text": message.text, "id": "not this one"}
    data = {"event_type": "message.received", "id": message.id, "payload": payload}
    return json.dumps({"data": data}).encode()


def sign(body: bytes, seal: Seal) -> Hook:
    made_at = str(int(seal.at.timestamp()))
    signature = _key(seal.secret).sign(f"{made_at}|".encode() + body).signature
    headers = {
        "telnyx-timestamp": made_at,
        "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
    }
    return Hook("POST", URL, "", headers, body)


def accepts(hook: Hook, secret: str) -> bool:
    from telnyx.lib.webhook_verification import WebhookVerificationError, verify_webhook_signature

    try:
        verify_webhook_signature(hook.body, hook.headers, _public(secret))
    except WebhookVerificationError:
        return False
    return True


CASE = Case("telnyx", way, body, sign, window=WINDOW, accepts=accepts)
