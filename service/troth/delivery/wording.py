"""What a nudge says, as far as its channel may show it."""

from dataclasses import dataclass, replace

from troth.domain.language import Language
from troth.domain.ritual import Ritual
from troth.domain.states import Mechanism, NudgePurpose, Sensitivity


@dataclass(frozen=True)
class Content:
    """What there is to say. `link` opens the answer page; `ask` and `prompt` are the ritual's.

    A nudge with a `text` of its own asks that instead. `is_answered_here` where its channel brings
    answers back. `enclosed` is what goes with it of the couple's own: the other's words, a promise,
    a review's digest.
    """

    purpose: NudgePurpose
    link: str
    names: str
    ask: str = ""
    prompt: str | None = None
    text: str | None = None
    is_answered_here: bool = False
    choices: tuple[str, ...] = ()
    enclosed: str = ""
    is_discreet: bool = False


def compose(
    content: Content, ritual: Ritual | None, shown: Sensitivity, language: Language
) -> tuple[str, str]:
    """Return (title, body).

    A channel that is not `open`, and an intimate ritual on any, gets a text without content: what
    may be read on a locked screen says only that there is something, and where.
    """
    if content.purpose is NudgePurpose.ANSWER:  # worded for its channel when it was planned
        return "", content.text or ""
    if content.purpose is NudgePurpose.TELL:
        return _told(content, shown, language)
    if content.purpose is NudgePurpose.CONSENT or ritual is None:
        return (
            language.say("consent_title"),
            language.say("consent_body", names=content.names, link=content.link),
        )
    if Sensitivity.DISCREET in (shown, ritual.sensitivity):
        return language.say("discreet_title"), language.say("discreet_body", link=content.link)
    return ritual.title, _open_body(content, ritual, language)


def _told(content: Content, shown: Sensitivity, language: Language) -> tuple[str, str]:
    """Say something that asks for no answer."""
    if shown is Sensitivity.DISCREET or content.is_discreet:
        return language.say("discreet_title"), language.say("discreet_body", link=content.link)
    return language.say("discreet_title"), content.text or ""


def _open_body(content: Content, ritual: Ritual, language: Language) -> str:
    if content.purpose is NudgePurpose.SHARE and ritual.mechanism is Mechanism.AGREEMENT:
        how = replace(content, is_answered_here=True)  # what a yes means, it says on every channel
        return f"{content.enclosed}\n\n{_how_to_answer(how, ritual, language)}"
    if content.purpose is NudgePurpose.SHARE:
        return content.enclosed
    if content.purpose is NudgePurpose.STEP:
        return content.text or ""
    ask = content.text or content.ask
    if content.purpose is NudgePurpose.REMINDER:
        ask = language.say("reminder", ask=ask)
    lines = [ask]
    lines += [part for part in (content.prompt, content.enclosed) if part]
    is_lite = bool(ritual.lite) and str(ritual.lite) in content.ask  # asked for in that form
    if content.purpose is NudgePurpose.REMINDER and ritual.lite and not is_lite:
        lines.append(language.say("lite", lite=ritual.lite))
    if content.choices:
        lines.append("\n".join(f"{place} {each}" for place, each in enumerate(content.choices, 1)))
    lines.append(_how_to_answer(content, ritual, language))
    return "\n\n".join(lines)


def _how_to_answer(content: Content, ritual: Ritual, language: Language) -> str:
    """Say what to answer, and where; a practice knows best what it wants to hear."""
    if not content.is_answered_here:
        return language.say("answer_at", link=content.link)
    if ritual.hint:
        return language.say("answer_so", hint=ritual.hint, link=content.link)
    return language.say("answer_here", link=content.link)
