"""Requests by the standard, signed and checked by its reference library."""

import base64
import hashlib
import json

from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from tests.inbound.case import URL, Case, Message, Seal
from troth.inbound.hook import Hook
from troth.inbound.proofs.age import WINDOW
from troth.inbound.standard_webhook import StandardWebhook, StandardWebhookSettings


def key(secret: str) -> str:
    return "whsec_" + base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()


def way(secret: str, previous: str | None = None) -> StandardWebhook:
    former = SecretStr(key(previous)) if previous else None
    settings = StandardWebhookSettings(secret=SecretStr(key(secret)), previous=former)
    return StandardWebhook(settings)


def body(message: Message) -> bytes:
    return json.dumps({"from": message.sender, "text": message.text}).encode()


def sign(body: bytes, seal: Seal) -> Hook:
    text = body.decode("latin-1") if not body.isascii() else body.decode()
    signature = Webhook(key(seal.secret)).sign(seal.id, seal.at, text)
    headers = {
        "webhook-id": seal.id,
        "webhook-timestamp": str(int(seal.at.timestamp())),
        "webhook-signature": f"v1,bm90IHRoaXMgb25l {signature}",
    }
    return Hook("POST", URL, "", headers, text.encode())


def accepts(hook: Hook, secret: str) -> bool:
    try:
        Webhook(key(secret)).verify(hook.body, dict(hook.headers))
    except WebhookVerificationError:
        return False
    return True


CASE = Case("standard", way, body, sign, window=WINDOW, accepts=accepts)
