"""What no person wrote: vacation replies, bounces, read receipts, calendar answers, lists.

The marks are those of RFC 3834 and of the programs that came before it. A subject that sounds like
an absence is none of them: people write such subjects, too.
"""

from collections.abc import Sequence

from troth.inbound.mails.addresses import addresses, token_in
from troth.inbound.mails.mime import Headers, Part, parameter, read_headers

_BULK = frozenset({"bulk", "auto_reply", "junk", "list"})
_MARKS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-failed-recipients", "list-id")
_NOBODY = frozenset({"mailer-daemon", "postmaster"})
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"})
_MOST_FAILED = 20
_LONGEST_REPORT = 32_768  # bytes


def is_automatic(headers: Headers, sender: str) -> bool:
    """Say whether a mail's head says that no person wrote it."""
    submitted = headers.first("auto-submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return True
    if headers.first("precedence").lower() in _BULK or _is_returned_to_nobody(headers):
        return True
    if any(headers.first(name).lower() not in ("", "no") for name in _MARKS):
        return True
    media = headers.first("content-type").strip().lower()
    is_calendar = headers.first("content-class").lower() == "urn:content-classes:calendarmessage"
    return (
        media.startswith(("multipart/report", "text/calendar"))
        or is_calendar
        or sender.lower().partition("@")[0] in _NOBODY
    )


def _is_returned_to_nobody(headers: Headers) -> bool:
    return any(value.replace(" ", "") == "<>" for value in headers.every("return-path"))


def is_calendar(parts: Sequence[Part]) -> bool:
    """Say whether a calendar program sent this: an invitation, or the answer to one."""
    return any(
        part.media == "text/calendar" and parameter(part.headers.first("content-type"), "method")
        for part in parts
    )


def failed_addresses(headers: Headers, parts: Sequence[Part]) -> tuple[str, ...]:
    """Return whom a delivery report says a mail never reaches (RFC 3464: failed, 5.x.x)."""
    kind = parameter(headers.first("content-type"), "report-type").lower()
    if kind != "delivery-status":
        return ()
    reports = [part for part in parts if part.media == "message/delivery-status"]
    blocks = [block for part in reports for block in part.body[:_LONGEST_REPORT].split(b"\n\n")]
    found = (_failed(read_headers(block)) for block in blocks[: _MOST_FAILED + 1])
    return tuple(address for address in found if address)[:_MOST_FAILED]


def _failed(block: Headers) -> str | None:
    action = block.first("action").lower()
    if action not in ("", "failed") or not block.first("status").startswith("5."):
        return None
    recipient = block.first("original-recipient") or block.first("final-recipient")
    return next(iter(addresses(recipient.partition(";")[2])), None)


def returned_token(parts: Sequence[Part]) -> str | None:
    """Return the token in the reply address of the mail that a report gives back."""
    for part in parts:
        if part.media in _RETURNED:
            head = read_headers(part.body.partition(b"\n\n")[0])
            for address in addresses(head.first("reply-to")):
                if token := token_in(address):
                    return token
    return None
