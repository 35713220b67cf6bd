"""The way in by SendGrid's Inbound Parse: a signed form that holds a mail, parsed or as it came.

Time and body are signed together, so a request that comes again is the same mail, and its message
id is absorbed. The window is therefore as wide as SendGrid's retries are long: 72 hours.
"""

import base64
import binascii
import json
import re
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import Field, field_validator

from troth.inbound.hook import ForgedError, Hook, Received, UnreadableError, WaySettings
from troth.inbound.mails.mail import MailRead, incoming_mail, mail_of, own_words, read_mail
from troth.inbound.mails.mime import read_headers
from troth.inbound.reading.form import form_fields, text_field

RETRIED = timedelta(hours=73)
AHEAD = timedelta(seconds=300)
_SECONDS = re.compile(r"[0-9]{1,11}")
_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"


class SendGridSettings(WaySettings):
    """The public keys of the security policy, as SendGrid shows them: base64, without PEM lines."""

    public_keys: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]

    @field_validator("public_keys")
    @classmethod
    def _are_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            _public_key(key)
        return keys


class SendGrid:
    """Requests of a parse webhook with a signature policy."""

    name: ClassVar[str] = "sendgrid"

    def __init__(self, settings: SendGridSettings) -> None:
        self._keys = [_public_key(key) for key in settings.public_keys]

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a request that came at aware `now`; raise Forged- or UnreadableError."""
        self._verify(hook, now)
        fields = form_fields(hook)
        raw = fields.get("email")
        mail = read_mail(raw) if raw is not None else _parsed(fields, hook.body)
        return Received((incoming_mail(mail, self.name),))

    def _verify(self, hook: Hook, now: datetime) -> None:
        timestamp = hook.headers.get(_TIMESTAMP, "")
        if not _SECONDS.fullmatch(timestamp):
            raise ForgedError("it is not signed")
        signed = timestamp.encode() + hook.body
        signature = _bytes(hook.headers.get(_SIGNATURE, ""))
        if not any(_is_signed(key, signature, signed) for key in self._keys):
            raise ForgedError("the signature is another's")
        age = now.timestamp() - int(timestamp)
        if not -AHEAD.total_seconds() <= age <= RETRIED.total_seconds():
            raise ForgedError("it was signed too long ago")


def _public_key(written: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode(written, validate=True))
    except ValueError:
        raise ValueError("a public key is base64 of what SendGrid shows") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ValueError("SendGrid's keys are of the curve P-256")
    return key


def _bytes(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_signed(key: ec.EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _parsed(fields: dict[str, bytes], body: bytes) -> MailRead:
    charsets = _charsets(fields)
    plain, html = (
        text_field(fields, name, charsets.get(name, "utf-8")) for name in ("text", "html")
    )
    headers = read_headers(fields.get("headers", b""))
    return mail_of(headers, own_words(plain, html), recipients=_recipients(fields), raw=body)


def _charsets(fields: dict[str, bytes]) -> dict[str, str]:
    found = _json(fields, "charsets")
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _recipients(fields: dict[str, bytes]) -> list[str]:
    to = _json(fields, "envelope").get("to")
    return [one for one in to[:50] if isinstance(one, str)] if isinstance(to, list) else []


def _json(fields: dict[str, bytes], name: str) -> dict[str, object]:
    try:
        found = json.loads(text_field(fields, name) or "{}")
    except (ValueError, RecursionError):
        raise UnreadableError(f"{name} is not JSON") from None
    return found if isinstance(found, dict) else {}
