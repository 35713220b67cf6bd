"""The way in by 46elks, which signs nothing: our address of it holds a secret.

What is answered is sent back as an SMS, so nothing ever is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from troth.inbound.hook import Hook, Received
from troth.inbound.proofs.shared_secret import OwnSecret, check_secret
from troth.inbound.reading.body import posted
from troth.inbound.reading.form import first, read_form
from troth.inbound.reading.text_message import received_text


class FortysixElksSettings(OwnSecret):
    """`secret` stands in the number's sms_url, as its password or as `?secret=`."""


@dataclass(frozen=True)
class FortysixElks:
    """46elks' requests."""

    settings: FortysixElksSettings
    name: ClassVar[str] = "46elks"

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - no time is signed
        """Read a message; what became of one of ours brings nothing."""
        check_secret(hook, self.settings.secrets)
        form = read_form(posted(hook))
        if first(form, "direction") == "outgoing" or "status" in form:
            return Received()
        sender = first(form, "from")
        return received_text(self.name, first(form, "id"), sender, first(form, "message"))
