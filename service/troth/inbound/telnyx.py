"""The way in by Telnyx: Ed25519 over the time and the raw body."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AfterValidator

from troth.inbound.hook import Hook, Received, WaySettings
from troth.inbound.proofs.age import check_age, seconds
from troth.inbound.proofs.key_pairs import Verify, check_signed, from_base64
from troth.inbound.proofs.signatures import header
from troth.inbound.reading.body import posted
from troth.inbound.reading.json_value import id_at, object_at, read_json, words_at
from troth.inbound.reading.text_message import received_text


def _public_key(written: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(written, validate=True))


def _checked(written: str) -> str:
    _public_key(written)
    return written


PublicKey = Annotated[str, AfterValidator(_checked)]


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
        signature = from_base64(header(hook, "telnyx-signature-ed25519"))
        check_signed(self._keys(), signature, written.encode() + b"|" + body)
        data = object_at(read_json(body), "data")
        if data.get("event_type") != "message.received":
            return Received()
        message = object_at(data, "payload")
        sender = id_at(object_at(message, "from"), "phone_number")
        return received_text(self.name, id_at(data, "id"), sender, words_at(message, "text"))

    def _keys(self) -> list[Verify]:
        keys = (self.settings.public_key, self.settings.previous)
        return [_public_key(key).verify for key in keys if key is not None]
