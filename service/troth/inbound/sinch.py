"""The way in by Sinch's SMS API, which signs nothing: our address of it holds a secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from troth.inbound.hook import Hook, Received, UnreadableError
from troth.inbound.proofs.shared_secret import OwnSecret, check_secret
from troth.inbound.reading.body import posted
from troth.inbound.reading.json_value import id_at, object_at, read_json, words_at
from troth.inbound.reading.text_message import received_text


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
        match words_at(message, "type"):
            case "mo_text":
                text = words_at(message, "body")
            case "mo_media":
                text = words_at(object_at(message, "body"), "message")
            case None:
                raise UnreadableError("it is not said what this is")
            case _:
                return Received()
        return received_text(self.name, id_at(message, "id"), id_at(message, "from"), text)
