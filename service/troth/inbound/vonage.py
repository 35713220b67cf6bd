"""The way in by Vonage's Messages API: SMS, MMS, RCS and WhatsApp.

A bearer token holds the time and the hash of the body, which Vonage's own library does not check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from troth.domain.incoming import AddressKind
from troth.inbound.hook import OK, ForgedError, Hook, Received, UnreadableError
from troth.inbound.proofs.age import WINDOW, check_age
from troth.inbound.proofs.json_web_token import read_claims
from troth.inbound.proofs.shared_secret import ProviderSecret
from troth.inbound.proofs.signatures import check_hash, header
from troth.inbound.reading.body import posted
from troth.inbound.reading.json_value import id_at, object_at, read_json, words_at
from troth.inbound.reading.text_message import received_text

_KINDS = {
    "sms": AddressKind.PHONE,
    "mms": AddressKind.PHONE,
    "rcs": AddressKind.PHONE,
    "whatsapp": AddressKind.WHATSAPP,
}
_BUTTONS = {"reply": "title", "button": "text"}  # where a tapped button has its words


class VonageSettings(ProviderSecret):
    """`secret` is the account's signature secret; `oldest` how long ago a token may be issued.

    Vonage comes again for a day, and does not say whether it then issues a new token. Where it does
    not, `oldest` may be a day: a message that was kept is absorbed by its id in any case.
    """

    oldest: timedelta = Field(default=WINDOW, gt=timedelta(0), le=timedelta(days=1))


@dataclass(frozen=True)
class Vonage:
    """Vonage's requests."""

    settings: VonageSettings
    name: ClassVar[str] = "vonage"

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a message; what became of one of ours brings nothing."""
        body = posted(hook)
        scheme, _, token = header(hook, "authorization").partition(" ")
        if scheme.casefold() != "bearer":
            raise ForgedError("there is no token")
        claims = read_claims(token.strip(), self.settings.secrets)
        check_age(claims.get("iat"), now, self.settings.oldest)
        check_hash(claims.get("payload_hash"), body)
        return self._message(read_json(body))

    def _message(self, message: Mapping[str, Any]) -> Received:
        if "status" in message:
            return Received(status=OK)
        kind = _KINDS.get(words_at(message, "channel") or "")
        if kind is None:
            raise UnreadableError("this channel is not known")
        sender = id_at(message, "from")
        number = id_at(message, "message_uuid")
        return replace(received_text(self.name, number, sender, _text(message), kind), status=OK)


def _text(message: Mapping[str, Any]) -> str | None:
    button = words_at(message, "message_type") or ""
    if button in _BUTTONS:
        return words_at(object_at(message, button), _BUTTONS[button])
    return words_at(message, "text")
