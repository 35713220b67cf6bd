"""What a nudge says, as far as its channel may show it."""

from dataclasses import dataclass

from troth.domain.language import Language
from troth.domain.ritual import Ritual
from troth.domain.states import NudgePurpose, Sensitivity


@dataclass(frozen=True)
class Content:
    """What there is to say. `link` opens the answer page; `ask` and `prompt` are the ritual's.

    `is_answered_here` where its channel brings answers back.
    """

    purpose: NudgePurpose
    link: str
    names: str
    ask: str = ""
    prompt: str | None = None
    text: str | None = None
    is_answered_here: bool = False


def compose(
    content: Content, ritual: Ritual | None, shown: Sensitivity, language: Language
) -> tuple[str, str]:
    """Return (title, body).

    A channel that is not `open`, and an intimate ritual on any, gets a text without content: what
    may be read on a locked screen says only that there is something, and where.
    """
    if content.purpose is NudgePurpose.ANSWER:  # worded for its channel when it was planned
        return "", content.text or ""
    if content.purpose is NudgePurpose.CONSENT or ritual is None:
        return (
            language.say("consent_title"),
            language.say("consent_body", names=content.names, link=content.link),
        )
    if Sensitivity.DISCREET in (shown, ritual.sensitivity):
        return language.say("discreet_title"), language.say("discreet_body", link=content.link)
    return ritual.title, _open_body(content, ritual, language)


def _open_body(content: Content, ritual: Ritual, language: Language) -> str:
    if content.text is not None:
        return content.text
    ask = content.ask
    if content.purpose is NudgePurpose.REMINDER:
        ask = language.say("reminder", ask=ask)
    lines = [ask]
    if content.prompt:
        lines.append(content.prompt)
    if content.purpose is NudgePurpose.REMINDER and ritual.lite:
        lines.append(language.say("lite", lite=ritual.lite))
    answer = "answer_here" if content.is_answered_here else "answer_at"
    lines.append(language.say(answer, link=content.link))
    return "\n\n".join(lines)
