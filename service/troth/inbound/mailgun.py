"""The way in by Mailgun's routes: a form that holds a mail, parsed or as it came.

Only the time and a token are signed, the mail is not. So whoever saw one request could send another
mail with its signature, for five minutes: the token names the message, and comes once.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from troth.inbound.hook import OK, ForgedError, Hook, Received, WaySettings
from troth.inbound.mails.mail import MailRead, incoming_mail, mail_of, own_words, read_mail
from troth.inbound.mails.mime import Headers, field_value
from troth.inbound.proofs.age import check_age, seconds
from troth.inbound.proofs.shared_secret import OneOrTwoSecrets, plain
from troth.inbound.proofs.signatures import check_signature, keyed_hex
from troth.inbound.reading.form import form_fields, text_field
from troth.inbound.reading.json_value import load_json

_TOKEN = re.compile(r"[!-~]{20,100}")


class MailgunSettings(WaySettings):
    """The account's webhook signing keys: the present one, and while it is changed the other."""

    signing_keys: OneOrTwoSecrets


class Mailgun:
    """Requests of a route's `forward()`; addresses that end in `mime` get mails as they came."""

    name: ClassVar[str] = "mailgun"

    def __init__(self, settings: MailgunSettings) -> None:
        self._keys = plain(settings.signing_keys)

    def read(self, hook: Hook, now: datetime) -> Received:
        """Verify and read a request that came at aware `now`; raise Forged- or UnreadableError."""
        fields = form_fields(hook)
        token = self._verified(fields, now)
        raw = fields.get("body-mime")
        mail = read_mail(raw) if raw is not None else _parsed(fields)
        return Received((incoming_mail(mail, self.name, token),), status=OK)

    def _verified(self, fields: dict[str, bytes], now: datetime) -> str:
        timestamp, token = text_field(fields, "timestamp"), text_field(fields, "token")
        given = text_field(fields, "signature")
        if not _TOKEN.fullmatch(token):
            raise ForgedError("it is not signed")
        check_age(seconds(timestamp), now)
        check_signature((given,), (keyed_hex(key, timestamp + token) for key in self._keys))
        return token


def _parsed(fields: dict[str, bytes]) -> MailRead:
    headers = Headers(tuple(_header_fields(text_field(fields, "message-headers"))))
    text = own_words(text_field(fields, "body-plain"), text_field(fields, "body-html"))
    return mail_of(headers, text, recipients=[text_field(fields, "recipient")])


def _header_fields(written: str) -> Iterable[tuple[str, str]]:
    pairs = load_json(written)
    for pair in pairs if isinstance(pairs, list) else ():
        match pair:
            case [str(name), str(value)]:
                yield name.lower(), field_value(value)
