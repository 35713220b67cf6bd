"""The way in by Telnyx: Ed25519 over the time and the raw body."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AfterValidator

from troth.inbound.hook import ForgedError, Hook, Received, WaySettings
from troth.inbound.proofs.signatures import check_age, header, seconds
from troth.inbound.reading.payload import part, posted, read_json, words
from troth.inbound.reading.texting import received_text


def _public_key(written: str) -> str:
    Ed25519PublicKey.from_public_bytes(base64.b64decode(written, validate=True))
    return written


PublicKey = Annotated[str, AfterValidator(_public_key)]


class TelnyxSettings(WaySettings):
    """`public_key` as the portal shows it, in base64; `previous` the one before."""

    public_key: PublicKey
    previous: PublicKey | None = None


@dataclass(frozen=True)
class Telnyx:
    """Telnyx's events, of which one brings a message."""

    settings: TelnyxSettings
    name: ClassVar[str] = "telnyx"

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read an event. An event that is sent again keeps its id."""
        body = posted(hook)
        written = header(hook, "telnyx-timestamp")
        check_age(seconds(written), now)
        self._verify(header(hook, "telnyx-signature-ed25519"), written.encode() + b"|" + body)
        data = part(read_json(body), "data")
        if data.get("event_type") != "message.received":
            return Received()
        message = part(data, "payload")
        sender = words(part(message, "from"), "phone_number")
        return received_text(self.name, words(data, "id"), sender, words(message, "text"))

    def _verify(self, signature: str, signed: bytes) -> None:
        for key in (self.settings.public_key, self.settings.previous):
            if key is not None and _has_signed(key, signature, signed):
                return
        raise ForgedError("the signature is wrong")


def _has_signed(key: str, signature: str, signed: bytes) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(raw, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
