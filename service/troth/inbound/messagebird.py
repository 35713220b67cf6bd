"""The way in by MessageBird: a web token with the hashes of our address and of the body."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from troth.inbound.hook import ForgedError, Hook, Received
from troth.inbound.proofs.age import check_age
from troth.inbound.proofs.json_web_token import read_claims
from troth.inbound.proofs.shared_secret import ProviderSecret
from troth.inbound.proofs.signatures import check_hash, header
from troth.inbound.reading.body import posted
from troth.inbound.reading.form import read_flat
from troth.inbound.reading.json_value import id_at, words_at
from troth.inbound.reading.text_message import received_text


class MessageBirdSettings(ProviderSecret):
    """`secret` is the signing key of the dashboard, not the API's key."""


@dataclass(frozen=True)
class MessageBird:
    """MessageBird's requests: forms or JSON, as the number is set up."""

    settings: MessageBirdSettings
    name: ClassVar[str] = "messagebird"

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a message; what became of one of ours brings nothing."""
        body = posted(hook)
        self._verify(hook, now)
        message = read_flat(body)
        sender = id_at(message, "originator")
        text = words_at(message, "payload") or words_at(message, "body")
        if "status" in message and text is None:
            return Received()
        return received_text(self.name, id_at(message, "id"), sender, text)

    def _verify(self, hook: Hook, now: datetime) -> None:
        token = header(hook, "messagebird-signature-jwt")
        claims = read_claims(token, self.settings.secrets)
        ends = claims.get("exp")
        check_age(claims.get("nbf"), now)
        if not isinstance(ends, int | float) or not now.timestamp() < ends:
            raise ForgedError("the token is over")
        if claims.get("iss") != "MessageBird":
            raise ForgedError("the token is of somebody else")
        url = f"{hook.url}?{hook.query}" if hook.query else hook.url
        check_hash(claims.get("url_hash"), url.encode("utf-8", "replace"))
        check_hash(claims.get("payload_hash"), hook.body)
