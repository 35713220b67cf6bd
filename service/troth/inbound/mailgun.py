"""The way in by Mailgun's routes: a form that holds a mail, parsed or as it came.

Only the time and a token are signed, the mail is not. So whoever saw one request could send another
mail with its signature, for five minutes: the token names the message, and comes once.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr

from troth.inbound.hook import ForgedError, Hook, Received, UnreadableError, WaySettings, is_same
from troth.inbound.mails.mail import MailRead, incoming_mail, mail_of, own_words, read_mail
from troth.inbound.mails.mime import Headers, field_value
from troth.inbound.reading.form import form_fields, text_field

FRESH = timedelta(seconds=300)
_SECONDS = re.compile(r"[0-9]{1,11}")
_TOKEN = re.compile(r"[!-~]{20,100}")


class MailgunSettings(WaySettings):
    """The account's webhook signing keys: the present one, and while it is changed the other."""

    signing_keys: Annotated[tuple[SecretStr, ...], Field(min_length=1, max_length=2)]


class Mailgun:
    """Requests of a route's `forward()`; addresses that end in `mime` get mails as they came."""

    name: ClassVar[str] = "mailgun"

    def __init__(self, settings: MailgunSettings) -> None:
        self._keys = [key.get_secret_value() for key in settings.signing_keys]

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a request that came at aware `now`; raise Forged- or UnreadableError."""
        fields = form_fields(hook)
        token = self._verified(fields, now)
        raw = fields.get("body-mime")
        mail = read_mail(raw) if raw is not None else _parsed(fields)
        return Received((incoming_mail(mail, self.name, token),))

    def _verified(self, fields: dict[str, bytes], now: datetime) -> str:
        timestamp, token = text_field(fields, "timestamp"), text_field(fields, "token")
        given = text_field(fields, "signature")
        if not _SECONDS.fullmatch(timestamp) or not _TOKEN.fullmatch(token):
            raise ForgedError("it is not signed")
        if not any(is_same(given, _signature(key, timestamp, token)) for key in self._keys):
            raise ForgedError("the signature is another's")
        if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
            raise ForgedError("it was signed too long ago")
        return token


def _signature(key: str, timestamp: str, token: str) -> str:
    return hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()


def _parsed(fields: dict[str, bytes]) -> MailRead:
    headers = Headers(tuple(_header_fields(text_field(fields, "message-headers"))))
    text = own_words(text_field(fields, "body-plain"), text_field(fields, "body-html"))
    return mail_of(headers, text, recipients=[text_field(fields, "recipient")])


def _header_fields(written: str) -> Iterable[tuple[str, str]]:
    try:
        pairs = json.loads(written)
    except (ValueError, RecursionError):
        raise UnreadableError("message-headers are not JSON") from None
    for pair in pairs if isinstance(pairs, list) else ():
        match pair:
            case [str(name), str(value)]:
                yield name.lower(), field_value(value)
