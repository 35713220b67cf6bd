"""What a channel's URL is given so that its message can be answered where it is read."""

from dataclasses import dataclass
from urllib.parse import quote

from troth.delivery.provider import scheme_of

MAIL = frozenset({"mailto", "mailtos"})


@dataclass(frozen=True)
class ReplyPath:
    """How one nudge may be answered: its link, the token in it, and our mailbox, if there is one.

    A mail asks for its answer at the mailbox, with the token behind a plus: who writes there knows
    the token, and nobody else does.
    """

    link: str
    token: str
    mailbox: str | None = None


def answerable(url: str, path: ReplyPath) -> str:
    """Return the channel URL with what lets its reader answer; most channels need nothing."""
    if scheme_of(url) in MAIL:
        return _with(url, _of_mail(path))
    return url


def _of_mail(path: ReplyPath) -> dict[str, str]:
    """Say to mail programs what we are, how to unsubscribe with one click (RFC 8058), and where."""
    headers = {
        "+Auto-Submitted": "auto-generated",
        "+X-Auto-Response-Suppress": "All",
        "+List-Unsubscribe": f"<{path.link}/stop>",
        "+List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if path.mailbox is not None:
        local, _, host = path.mailbox.rpartition("@")
        headers["reply"] = f"{local}+{path.token}@{host}"
    return headers


def _with(url: str, parameters: dict[str, str]) -> str:
    """Add parameters to a channel URL, except those that its owner has set."""
    base, _, query = url.partition("?")
    held = {part.partition("=")[0].casefold() for part in query.split("&") if part}
    added = [
        f"{quote(name)}={quote(value)}"
        for name, value in parameters.items()
        if quote(name).casefold() not in held and name.casefold() not in held
    ]
    return f"{base}?{'&'.join(part for part in (query, *added) if part)}"
