"""The way in by ClickSend, which signs nothing: our address of it holds a secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from troth.inbound.hook import Hook, Received
from troth.inbound.proofs.shared_secret import OwnSecret, check_secret
from troth.inbound.reading.body import posted
from troth.inbound.reading.form import read_flat
from troth.inbound.reading.json_value import id_at, words_at
from troth.inbound.reading.text_message import received_text


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
        sender = id_at(message, "from")
        text = words_at(message, "body") or words_at(message, "message")
        return received_text(self.name, id_at(message, "message_id"), sender, text)
