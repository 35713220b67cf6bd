"""One mail, read: who wrote it, what it answers, and their own first words.

A mail's `From` is only what it says of itself. What proves the writer is the token of the address
that it was sent to, which nobody knows but who was nudged.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from troth.domain.incoming import AddressKind, Incoming, normal
from troth.inbound.hook import UnreadableError
from troth.inbound.mails.addresses import addresses, token_in
from troth.inbound.mails.automatic import (
    failed_addresses,
    is_automatic,
    is_calendar,
    returned_token,
)
from troth.inbound.mails.html_text import text_of_html
from troth.inbound.mails.mime import Headers, Part, leaves, read_part, text_of
from troth.inbound.mails.quotes import own_text

LONGEST_MAIL = 262_144  # bytes: what is behind them is not looked at
MOST_REFERENCES = 20
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True)
class MailRead:
    """What there is to know of a mail.

    `token` is that of an answer link, from the address the mail was sent to; `references` are the
    message ids that it answers; `bounced` whom a delivery report says no mail will ever reach;
    `text` the writer's own lines, empty where none are sure.
    """

    sender: str
    message_id: str
    token: str | None
    references: tuple[str, ...]
    is_automatic: bool
    bounced: tuple[str, ...]
    text: str


def read_mail(raw: bytes) -> MailRead:
    """Read a mail as it came over the wire; raises UnreadableError where nobody can have sent it.

    Time and memory are linear in its first 256 KB.
    """
    message = read_part(raw[:LONGEST_MAIL])
    parts = list(leaves(message))
    plain = _first_text(parts, "text/plain")
    text = own_words(plain, _first_text(parts, "text/html"))
    return mail_of(message.headers, text, parts=parts, raw=raw)


def mail_of(
    headers: Headers,
    text: str,
    *,
    recipients: Iterable[str] = (),
    parts: Sequence[Part] = (),
    raw: bytes = b"",
) -> MailRead:
    """Put together what a head and the writer's own text say; raises UnreadableError.

    `recipients` are those that the mail is known to have been sent to, whatever its head says.
    """
    sender = _sender(headers)
    return MailRead(
        sender=sender,
        message_id=_message_id(headers) or f"sha256:{hashlib.sha256(raw).hexdigest()}",
        token=_token(headers, recipients) or returned_token(parts),
        references=_references(headers),
        is_automatic=is_automatic(headers, sender) or is_calendar(parts),
        bounced=failed_addresses(headers, parts),
        text=text,
    )


def own_words(plain: str, html: str) -> str:
    """Return the writer's own lines of a mail's two texts, the plain one preferred."""
    return own_text(plain) or own_text(text_of_html(html))


def incoming_mail(mail: MailRead, way: str, provider_id: str = "") -> Incoming:
    """Return what the door is given. Without the provider's own id, the message id names it."""
    return Incoming(
        way=way,
        provider_id=provider_id or mail.message_id,
        address=normal(AddressKind.MAIL, mail.sender),
        text=mail.text,
        token=mail.token,
        is_automatic=mail.is_automatic,
        is_bounce=bool(mail.bounced) and mail.token is not None,
    )


def _first_text(parts: Iterable[Part], media: str) -> str:
    fitting = (part for part in parts if part.media == media and not part.is_attachment)
    texts = (text_of(part) for part in fitting)
    return next((text for text in texts if text.strip()), "")


def _sender(headers: Headers) -> str:
    """Return the one address of the one From field: two of them are made to mislead."""
    fields = headers.every("from")
    found = addresses(fields[0]) if len(fields) == 1 else ()
    if len(found) != 1:
        raise UnreadableError("the mail is not from one address")
    return found[0]


def _token(headers: Headers, recipients: Iterable[str]) -> str | None:
    values = [value for name in _RECIPIENTS for value in headers.every(name)[:10]]
    listed = [*recipients, *(one for value in values for one in addresses(value))]
    return next((token for address in listed if (token := token_in(address))), None)


def _message_id(headers: Headers) -> str:
    found = _MESSAGE_ID.search(headers.first("message-id"))
    return found[0] if found else ""


def _references(headers: Headers) -> tuple[str, ...]:
    said = f"{headers.first('in-reply-to')} {headers.first('references')}"
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(said)))[:MOST_REFERENCES]
