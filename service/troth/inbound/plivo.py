"""The way in by Plivo.

Version 3 of its signature covers our address, every field and a nonce. Version 2, which older
applications send, covers only our address and the nonce: the text may be anything there, and
`version = 3` refuses it. A request that has both is held to version 3.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from troth.inbound.hook import Hook, Received
from troth.inbound.proofs.shared_secret import ProviderSecret
from troth.inbound.proofs.signatures import check_signature, header, keyed_hash
from troth.inbound.reading.body import posted
from troth.inbound.reading.form import Form, first, read_form
from troth.inbound.reading.text_message import received_text

_V3 = "x-plivo-signature-v3"
_V2 = "x-plivo-signature-v2"


class PlivoSettings(ProviderSecret):
    """`secret` is the account's auth token; `version` the oldest signature that is taken."""

    version: Literal[2, 3] = 2


@dataclass(frozen=True)
class Plivo:
    """Plivo's requests."""

    settings: PlivoSettings
    name: ClassVar[str] = "plivo"

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - no time is signed
        """Verify and read a message; what became of one of ours has no text and brings nothing."""
        form = read_form(posted(hook))
        self._verify(hook, form)
        text = first(form, "Text")
        return received_text(self.name, first(form, "MessageUUID"), first(form, "From"), text)

    def _verify(self, hook: Hook, form: Form) -> None:
        if self.settings.version == 3 or _V3 in hook.headers:
            signed, version = f"{_address(hook, form)}{_fields(form)}.", _V3
        else:
            signed, version = hook.url, _V2
        signed += header(hook, f"{version}-nonce")
        given = header(hook, version).split(",")
        wanted = (keyed_hash(one, signed, hashlib.sha256) for one in self.settings.secrets)
        check_signature(given, wanted)


def _address(hook: Hook, form: Form) -> str:
    """Return our address as version 3 writes it before fields: `?` always, `.` after a query."""
    query = read_form(hook.query)
    sorted_query = "&".join(
        f"{name}={value}" for name in sorted(query) for value in sorted(query[name])
    )
    if not form:
        return f"{hook.url}?{sorted_query}" if sorted_query else hook.url
    return f"{hook.url}?{sorted_query}." if sorted_query else f"{hook.url}?"


def _fields(form: Form) -> str:
    return "".join(f"{name}{value}" for name in sorted(form) for value in sorted(form[name]))
