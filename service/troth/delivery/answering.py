"""What a channel's URL is given so that its message can be answered where it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from troth.delivery.ntfy_actions import OFFERED, actions_for
from troth.delivery.provider import scheme_of
from troth.domain.grammar import Verb
from troth.domain.language import Language
from troth.domain.states import NudgePurpose

MAIL = frozenset({"mailto", "mailtos"})
MAILERS = frozenset({"mailgun", "sendgrid", "ses"})  # which take no reply address from us
NTFY = frozenset({"ntfy", "ntfys"})


@dataclass(frozen=True)
class ReplyPath:
    """How one nudge may be answered: by its link, by mail where we have a mailbox, by buttons.

    A mail asks for its answer at the mailbox, with the token behind a plus: who writes there knows
    the token, and nobody else does. `labels` are those of a notification's buttons; what asks for
    no answer has none.
    """

    public_url: str
    token: str
    mailbox: str | None = None
    labels: Mapping[Verb, str] = field(default_factory=dict)

    @property
    def link(self) -> str:
        """Return the address of the answer page."""
        return f"{self.public_url}/r/{self.token}"


def answerable(url: str, path: ReplyPath) -> str:
    """Return the channel URL with what lets its reader answer; most channels need nothing."""
    scheme = scheme_of(url)
    if scheme in MAIL:
        return _with(url, _of_mail(path))
    if scheme in NTFY and path.labels:
        actions = actions_for(path.public_url, path.token, path.labels)
        return _with(url, {"actions": actions, "image": "no"})  # an icon would come from elsewhere
    return url


def asks_for_answer(url: str) -> bool:
    """Say whether what goes out by this channel can come back: of mails, those with our address."""
    scheme = scheme_of(url)
    return scheme in MAIL or scheme not in MAILERS


def labels_of(purpose: NudgePurpose, language: Language) -> Mapping[Verb, str]:
    """Return what the buttons of a nudge say; without a ritual there is nothing to press."""
    if purpose not in (NudgePurpose.RITUAL, NudgePurpose.REMINDER, NudgePurpose.SNOOZE):
        return {}
    return {verb: language.say(f"button_{verb}") for verb in OFFERED}


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
