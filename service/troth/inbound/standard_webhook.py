"""The way in for programs of one's own: Standard Webhooks, with a small JSON of ours.

    {"from": "+15550100", "text": "done"}

and, where a program passes on a tapped button, `"token"`, which is that of the nudge's answer link.
Signed as https://www.standardwebhooks.com says: `webhook-id`, `webhook-timestamp` and one signature
or more (`v1,` and an HMAC-SHA256 in base64) over id, time and raw body.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import SecretStr, field_validator

from troth.inbound.hook import Hook, Received
from troth.inbound.proofs.age import check_age, seconds
from troth.inbound.proofs.shared_secret import ProviderSecret
from troth.inbound.proofs.signatures import check_signature, header, keyed_hash
from troth.inbound.reading.body import posted
from troth.inbound.reading.json_value import id_at, read_json, words_at
from troth.inbound.reading.text_message import received_text

_PREFIX = "whsec_"
_SHORTEST_KEY = 24  # bytes, by the standard


class StandardWebhookSettings(ProviderSecret):
    """`secret` is `whsec_` and at least 24 random bytes in base64."""

    @field_validator("secret", "previous")
    @classmethod
    def _is_key(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(_key(secret.get_secret_value())) < _SHORTEST_KEY:
            raise ValueError("the secret is whsec_ and at least 24 bytes in base64")
        return secret


@dataclass(frozen=True)
class StandardWebhook:
    """Requests by the standard."""

    settings: StandardWebhookSettings
    name: ClassVar[str] = "standard"

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a message. One that is sent again keeps its webhook-id."""
        body = posted(hook)
        sent_as = self._verify(hook, now)
        message = read_json(body)
        return received_text(
            self.name,
            sent_as,
            id_at(message, "from"),
            words_at(message, "text") or id_at(message, "text"),  # a rating is a number
            token=id_at(message, "token"),
        )

    def _verify(self, hook: Hook, now: datetime) -> str:
        sent_as, made_at = header(hook, "webhook-id"), header(hook, "webhook-timestamp")
        check_age(seconds(made_at), now)
        signed = f"{sent_as}.{made_at}.".encode("utf-8", "replace") + hook.body
        wanted = (
            f"v1,{keyed_hash(_key(secret), signed, hashlib.sha256)}"
            for secret in self.settings.secrets
        )
        check_signature(header(hook, "webhook-signature").split(" "), wanted)
        return sent_as


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX) + "==")
