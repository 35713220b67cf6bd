"""The way in by SendGrid's Inbound Parse: a signed form that holds a mail, parsed or as it came.

Time and body are signed together, so a request that comes again is the same mail, and its message
id is absorbed. The window is therefore as wide as SendGrid's retries are long: 72 hours.
"""

import base64
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import Field, field_validator

from troth.inbound.hook import Hook, Received, WaySettings
from troth.inbound.mails.addresses import MOST_ADDRESSES
from troth.inbound.mails.mail import MailRead, incoming_mail, mail_of, own_words, read_mail
from troth.inbound.mails.mime import read_headers
from troth.inbound.proofs.age import WINDOW, check_age, seconds
from troth.inbound.proofs.key_pairs import Verify, check_signed, from_base64
from troth.inbound.proofs.signatures import header
from troth.inbound.reading.form import form_fields, text_field
from troth.inbound.reading.json_value import at, items_at, load_json

RETRIED = timedelta(hours=73)
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
        self._keys = [_verify(_public_key(key)) for key in settings.public_keys]

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a request that came at aware `now`; raise Forged- or UnreadableError."""
        self._verify(hook, now)
        fields = form_fields(hook)
        raw = fields.get("email")
        mail = read_mail(raw) if raw is not None else _parsed(fields, hook.body)
        return Received((incoming_mail(mail, self.name),))

    def _verify(self, hook: Hook, now: datetime) -> None:
        timestamp = header(hook, _TIMESTAMP)
        check_age(seconds(timestamp), now, RETRIED, ahead=WINDOW)
        signature = from_base64(header(hook, _SIGNATURE))
        check_signed(self._keys, signature, timestamp.encode() + hook.body)


def _public_key(written: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode(written, validate=True))
    except ValueError:
        raise ValueError("a public key is base64 of what SendGrid shows") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ValueError("SendGrid's keys are of the curve P-256")
    return key


def _verify(key: ec.EllipticCurvePublicKey) -> Verify:
    return lambda signature, signed: key.verify(signature, signed, ec.ECDSA(SHA256()))


def _parsed(fields: dict[str, bytes], body: bytes) -> MailRead:
    charsets = _charsets(fields)
    plain, html = (
        text_field(fields, name, charsets.get(name, "utf-8")) for name in ("text", "html")
    )
    headers = read_headers(fields.get("headers", b""))
    return mail_of(headers, own_words(plain, html), recipients=_recipients(fields), raw=body)


def _charsets(fields: dict[str, bytes]) -> dict[str, str]:
    found = _json(fields, "charsets")
    named = ((name, at(found, name)) for name in ("text", "html"))
    return {name: charset for name, charset in named if isinstance(charset, str)}


def _recipients(fields: dict[str, bytes]) -> list[str]:
    to = items_at(_json(fields, "envelope"), "to")
    return [one for one in to[:MOST_ADDRESSES] if isinstance(one, str)]


def _json(fields: dict[str, bytes], name: str) -> object:
    return load_json(text_field(fields, name) or "{}")
