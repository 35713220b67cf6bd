"""What partners of a simulation would say: rules and lots, nothing else. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from troth.domain.states import NudgePurpose
from troth.schedules.answers import AnswerForm, AnswersFile


@dataclass(frozen=True)
class Asked:
    """A nudge as its partner gets it. `due_at` is aware UTC, `day` the couple's own."""

    couple: str
    partner: str
    ritual: str | None
    practice: str | None
    purpose: NudgePurpose
    due_at: datetime
    day: date


def answer_to(asked: Asked, form: AnswersFile) -> tuple[str, timedelta] | None:
    """Return what is answered, and how long after; None where there is silence.

    Lots are drawn by the seed and by what was asked: a run repeats exactly, and a rule that is
    added for one ritual leaves the answers to the others as they were.
    """
    for index, rule in enumerate(form.answers):
        if _matches(rule, asked) and _lot(form.seed, index, asked, "chance") < rule.chance:
            which = int(_lot(form.seed, index, asked, "say") * len(rule.say))
            return rule.say[which], rule.after
    return None


def _matches(rule: AnswerForm, asked: Asked) -> bool:
    return (
        rule.partner == asked.partner
        and rule.couple in (None, asked.couple)
        and rule.ritual in (None, asked.ritual)
        and rule.practice in (None, asked.practice)
        and asked.purpose in rule.to
        and (not rule.on or asked.day in rule.on)
        and (rule.starts is None or rule.starts <= asked.day)
        and (rule.until is None or asked.day <= rule.until)
    )


def _lot(seed: int, rule: int, asked: Asked, what: str) -> float:
    """Return a number in [0, 1), always the same one for the same question."""
    terms = (seed, rule, what, asked.couple, asked.partner, asked.ritual, asked.purpose)
    told = "\0".join([*map(str, terms), asked.due_at.isoformat()])
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:6]) / 2**48
