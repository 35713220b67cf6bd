"""Requests as the mail providers send them, signed with keys of the tests' own."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.inbound.mails import NUDGE
from troth.inbound.hook import Hook

NOW = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
HEAD = [
    ["Return-Path", "<ana@lab.test>"],
    ["From", "Ana <ana@lab.test>"],
    ["To", "Troth <nudge@lab.test>"],
    ["Message-Id", "<answer@lab.test>"],
]
PLAIN = "done\n\nOn 2 Mar 2026, Troth wrote:\n> Reply done\n> or stop\n"
HTML = "<p>done</p><blockquote>stop</blockquote>"
BOUNDARY = "xYzZY"


def hook(body: bytes, **headers: str) -> Hook:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Hook("POST", "https://troth.lab.test/in/mail", "", named, body)


def in_parts(fields: dict[str, str], charset: str = "utf-8") -> bytes:
    """A form as multipart/form-data."""
    pieces = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    file = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="text"; filename="a.txt"\r\n\r\n'
        "stop\r\n"
    )
    return f"{file}{''.join(pieces)}--{BOUNDARY}--\r\n".encode(charset)


PARTS = f"multipart/form-data; boundary={BOUNDARY}"
URLENCODED = "application/x-www-form-urlencoded"


def mailgun(
    key: str, at: datetime = NOW, token: str = "t" * 50, *, multipart: bool = False, **more: str
) -> Hook:
    """A route's request; `more` fields win over those of a good one."""
    timestamp = str(int(at.timestamp()))
    signature = hmac.new(key.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
    fields = {
        "recipient": NUDGE,
        "sender": "bounces+ana@lab.test",
        "message-headers": json.dumps(HEAD),
        "body-plain": PLAIN,
        "stripped-text": "stop",
        "timestamp": timestamp,
        "token": token,
        "signature": signature,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    if multipart:
        return hook(in_parts(fields), content_type=PARTS)
    return hook(urlencode(fields).encode(), content_type=URLENCODED)


def postmark(login: str, **more: object) -> Hook:
    """An inbound webhook's request."""
    mail = {
        "FromFull": {"Email": "ana@lab.test", "Name": "Ana", "MailboxHash": ""},
        "OriginalRecipient": NUDGE.upper(),
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "Headers": [{"Name": name, "Value": value} for name, value in HEAD],
        "TextBody": PLAIN,
        "HtmlBody": HTML,
        "StrippedTextReply": "stop",
        **more,
    }
    given = base64.b64encode(login.encode()).decode()
    return hook(json.dumps(mail).encode(), authorization=f"Basic {given}")


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def shown(key: ec.EllipticCurvePrivateKey) -> str:
    """A public key as SendGrid shows it."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def sendgrid(
    key: ec.EllipticCurvePrivateKey, at: datetime = NOW, charset: str = "utf-8", **more: str
) -> Hook:
    """A parse webhook's request."""
    fields = {
        "headers": "\n".join(f"{name}: {value}" for name, value in HEAD),
        "text": PLAIN,
        "html": HTML,
        "envelope": json.dumps({"to": [NUDGE], "from": "ana@lab.test"}),
        "charsets": json.dumps({"text": charset, "html": charset}),
        **more,
    }
    body = in_parts(fields, charset)
    timestamp = str(int(at.timestamp()))
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    return hook(
        body,
        content_type=PARTS,
        x_twilio_email_event_webhook_signature=base64.b64encode(signature).decode(),
        x_twilio_email_event_webhook_timestamp=timestamp,
    )
