"""The way in by Sinch's SMS API, which signs nothing: our address of it holds a secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from troth.inbound.hook import Hook, Received, UnreadableError
from troth.inbound.proofs.shared_secret import OwnSecret, check_secret
from troth.inbound.reading.payload import part, posted, read_json, words
from troth.inbound.reading.texting import received_text


class SinchSettings(OwnSecret):
    """`secret` stands in the callback's address, as its password or as `?secret=`."""


@dataclass(frozen=True)
class Sinch:
    """Sinch's requests."""

    settings: SinchSettings
    name: ClassVar[str] = "sinch"

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - no time is signed
        """Read a message; delivery reports and bytes that are no text bring nothing."""
        check_secret(hook, self.settings.secrets)
        message = read_json(posted(hook))
        match words(message, "type"):
            case "mo_text":
                text = words(message, "body")
            case "mo_media":
                text = words(part(message, "body"), "message")
            case None:
                raise UnreadableError("it is not said what this is")
            case _:
                return Received()
        return received_text(self.name, words(message, "id"), words(message, "from"), text)
