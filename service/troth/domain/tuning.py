"""Tuning: what a couple changed on a ritual by reply, laid over what their file says of it.

Each change is kept under the occurrence by whose answer it came, so that an answer that is taken
back or mended takes its change along.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from troth.domain.ritual import Ritual
from troth.domain.season import LIGHT, lighter

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
LATE = 3 / 4  # of the window: when the one nudge leaves of what needs no bell any more
Changes = Mapping[str, Mapping[str, Any]]  # by the number of the occurrence that was answered


@dataclass(frozen=True)
class Tuning:
    """What was changed. `hour` is a time of day, `19:30`, in the ritual's own zone.

    `lite` asks for its light form, `rests` lets it rest, and with `fewer` nothing is said but one
    nudge late in the window, to who has not answered by then.
    """

    lite: bool = False
    hour: str | None = None
    rests: bool = False
    fewer: bool = False


AS_FILED = Tuning()


def tuning_of(changes: Changes | None) -> Tuning:
    """Return what all changes come to: the newer occurrence's over the older's."""
    merged: dict[str, Any] = {}
    sound = _sound(changes)
    for number in sorted(sound, key=int):
        merged |= sound[number]
    return Tuning(**merged)


def _sound(changes: object) -> Changes:
    """Return what can be read of changes; what is damaged is as if it had never been said."""
    kept = changes if isinstance(changes, Mapping) else {}
    return {
        number: {name: value for name, value in change.items() if _is_sound(name, value)}
        for number, change in kept.items()
        if isinstance(number, str) and number.isdecimal() and isinstance(change, Mapping)
    }


def _is_sound(name: str, value: object) -> bool:
    if name == "hour":
        return isinstance(value, str) and _HOUR.fullmatch(value) is not None
    return name in ("lite", "rests", "fewer") and isinstance(value, bool)


def changed(changes: Changes | None, occurrence: int, change: Mapping[str, Any] | None) -> Changes:
    """Return the changes with that of one occurrence's answer; None takes it back."""
    others = {key: dict(value) for key, value in _sound(changes).items() if key != str(occurrence)}
    return {**others, str(occurrence): dict(change)} if change else others


def without(changes: Changes | None, *names: str) -> Changes:
    """Return the changes without these parts: a newer file has said otherwise."""
    left = {
        number: {name: value for name, value in change.items() if name not in names}
        for number, change in _sound(changes).items()
    }
    return {number: change for number, change in left.items() if change}


def tuned(ritual: Ritual, tuning: Tuning) -> Ritual:
    """Return a ritual as it is done by now."""
    if tuning.hour and ritual.cron:
        ritual = replace(ritual, cron=at_hour(ritual.cron, tuning.hour) or ritual.cron)
    if tuning.lite:
        ritual = lighter(ritual, LIGHT)
    return replace(ritual, remind=()) if tuning.fewer else ritual


def held_back(ritual: Ritual, tuning: Tuning) -> timedelta:
    """Return how long after its moment the first nudge leaves."""
    return ritual.window * LATE if tuning.fewer else timedelta()


def at_hour(cron: str, hour: str) -> str | None:
    """Return a cron moved to `19:30`; None where it comes more than once a day."""
    minute, hours, *days = cron.split()
    if not (minute.isdecimal() and hours.isdecimal()):
        return None
    at_hour, at_minute = map(int, hour.split(":"))
    return " ".join([str(at_minute), str(at_hour), *days])
