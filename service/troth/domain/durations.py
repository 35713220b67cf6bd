"""Lengths of time as people write them: `45m`, `2h`, `1h30m`, `3d`, `20s`."""

import re
from datetime import timedelta

LONGEST = timedelta(days=3_650)  # so that a moment plus a length is always a moment
_PART = re.compile(r"([0-9]{1,5})\s*([smhdw])", re.IGNORECASE | re.ASCII)  # U+017F folds to s
_WHOLE = re.compile(r"(?:[0-9]{1,5}\s*[smhdw]\s*){1,5}", re.IGNORECASE | re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """Return the length that `text` names; raises ValueError with the mend."""
    if len(text) > 40 or not _WHOLE.fullmatch(text.strip()):
        raise ValueError(f"'{text[:40]}' is no length of time; write for example 45m, 2h or 1h30m")
    parts = ((int(count), _UNITS[unit.lower()]) for count, unit in _PART.findall(text))
    length = sum((timedelta(**{unit: count}) for count, unit in parts), timedelta())
    if length > LONGEST:
        raise ValueError(f"'{text[:40]}' is too long; a length of time is at most ten years")
    return length


def format_duration(length: timedelta) -> str:
    """Return `length` the way `parse_duration` reads it, whole seconds, largest units first."""
    seconds = int(length.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0m"
