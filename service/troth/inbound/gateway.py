"""The way in for SMS gateways of one's own: Kannel, Jasmin, a telephone in a drawer.

    get-url = "https://troth.example.org/in/gateway?secret=...&from=%p&text=%b&id=%I"

Such gateways hand messages in by a plain GET and cannot do otherwise. So a GET acts here, and here
alone: whoever has the address with its secret may speak for everybody, which is why the secret is
always asked for and should be long, and the address nowhere but in the gateway's configuration.

Kannel 1.4.5 takes an empty 204 for a failure and comes again and again; so it gets a 200. In its
configuration it needs `max-messages = 0` (or it sends people a text about the empty answer),
`mo-recode = true` (or a thumb up comes as bytes that are no text) and `http-request-retry` (or a
message is lost while we are down). Jasmin wants `answer = "ACK/Jasmin"`, and calls the text
`content`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from troth.inbound.hook import Hook, Received, UnreadableError
from troth.inbound.proofs.shared_secret import OwnSecret, check_given
from troth.inbound.reading.body import posted
from troth.inbound.reading.form import Form, first, read_form
from troth.inbound.reading.text_message import received_text


class GatewaySettings(OwnSecret):
    """`secret` is ours to make up. The other settings name the fields that the gateway fills."""

    secret_field: str = Field(default="secret", min_length=1)
    from_field: str = Field(default="from", min_length=1)
    text_field: str = Field(default="text", min_length=1)
    id_field: str = Field(default="id", min_length=1)
    answer: str = Field(default="", max_length=100)


@dataclass(frozen=True)
class Gateway:
    """A gateway's requests: all in the query, or in a form."""

    settings: GatewaySettings
    name: ClassVar[str] = "gateway"

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - no time is known
        """Read a message. One that is sent again has to keep its id."""
        if hook.method not in ("GET", "POST"):
            raise UnreadableError("a gateway gets or posts")
        body = posted(hook) if hook.method == "POST" else b""
        form = {**read_form(body), **read_form(hook.query)}
        self._verify(form)
        fields = self.settings
        number, text = first(form, fields.from_field), first(form, fields.text_field)
        received = received_text(self.name, first(form, fields.id_field), number, text)
        return Received(received.messages, answer=fields.answer, status=200)

    def _verify(self, form: Form) -> None:
        given = first(form, self.settings.secret_field) or ""
        check_given((given,), self.settings.secrets)
