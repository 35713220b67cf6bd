"""The way in by Twilio: SMS, MMS, RCS and WhatsApp.

Signed are our whole address and every field, with HMAC-SHA1 by the account's token or, where the
headers say so, with HMAC-SHA256 by a shared key. There is no time in it: a message that comes again
has the MessageSid it had before.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from troth.domain.incoming import AddressKind
from troth.inbound.hook import Hook, Received, UnreadableError
from troth.inbound.proofs.shared_secret import ProviderSecret
from troth.inbound.proofs.signatures import check_signature, header, keyed_hash
from troth.inbound.reading.body import posted
from troth.inbound.reading.form import Form, first, read_form
from troth.inbound.reading.text_message import received_text

_KINDS = {
    "": AddressKind.PHONE,
    "rcs": AddressKind.PHONE,
    "whatsapp": AddressKind.WHATSAPP,
}
_OPT_OUT_TYPES = ("STOP", "START", "HELP")


class TwilioSettings(ProviderSecret):
    """`secret` is the account's auth token; `previous` the secondary one while it is promoted."""


@dataclass(frozen=True)
class Twilio:
    """Twilio's requests."""

    settings: TwilioSettings
    name: ClassVar[str] = "twilio"

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - no time is signed
        """Verify and read a message; what became of one of ours brings nothing."""
        form = read_form(posted(hook))
        self._verify(hook, form)
        if "MessageStatus" in form:
            return Received()
        scheme, _, number = (first(form, "From") or "").rpartition(":")
        if scheme not in _KINDS:
            raise UnreadableError("this kind of address is not known")
        sid = first(form, "MessageSid")
        return received_text(self.name, sid, number or None, _text(form), _KINDS[scheme])

    def _verify(self, hook: Hook, form: Form) -> None:
        algorithm = hashlib.sha1
        if "algorithm=HMAC_SHA256" in hook.headers.get("x-twilio-webhooks-signature-settings", ""):
            algorithm = hashlib.sha256
        fields = "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
        wanted = (
            keyed_hash(secret, url + fields, algorithm)
            for secret in self.settings.secrets
            for url in _written(hook)
        )
        check_signature((header(hook, "x-twilio-signature"),), wanted)


def _text(form: Form) -> str | None:
    """A word that stopped a number is no longer in the text when Twilio has acted on it."""
    opted = first(form, "OptOutType")
    return opted if opted in _OPT_OUT_TYPES else first(form, "Body") or first(form, "ButtonText")


def _written(hook: Hook) -> tuple[str, ...]:
    """Our address with and without its port: Twilio signs now one, now the other."""
    parts = urlsplit(hook.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    bare = parts.netloc.removesuffix(f":{port}")
    hosts = (bare, f"{bare}:{port}")
    return tuple(urlunsplit(parts._replace(netloc=host, query=hook.query)) for host in hosts)
