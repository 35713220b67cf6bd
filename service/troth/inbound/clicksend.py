"""The way in by ClickSend, which signs nothing: our address of it holds a secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from troth.inbound.hook import Hook, Received
from troth.inbound.proofs.shared_secret import OwnSecret, check_secret
from troth.inbound.reading.payload import posted, read_flat, words
from troth.inbound.reading.texting import received_text


class ClickSendSettings(OwnSecret):
    """`secret` stands in the rule's address, as its password or as `?secret=`."""


@dataclass(frozen=True)
class ClickSend:
    """ClickSend's requests: forms or JSON, as the rule is set up."""

    settings: ClickSendSettings
    name: ClassVar[str] = "clicksend"

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - no time is signed
        """Read a message. ClickSend's guess at what was answered is not a quote: it is left out."""
        check_secret(hook, self.settings.secrets)
        message = read_flat(posted(hook))
        sender, text = words(message, "from"), words(message, "body", "message")
        return received_text(self.name, words(message, "message_id"), sender, text)
