"""The writer's own lines of a mail's plain text: everything else is cut where it begins.

One pass over bounded lines. Whatever follows a mark is lost where it is not known to be the
writer's: better no answer than our own `reply done or stop` taken for one.
"""

import unicodedata

from troth.domain.visible import LONGEST_TEXT, MOST_LINES
from troth.inbound.mails.quote_marks import (
    FORWARDS,
    LABELS,
    OPENERS,
    SEPARATORS,
    SIGNED,
    SIGNED_ENDS,
    WROTE,
)

LONGEST_SCAN = 65_536  # characters: long threads are quoted above an answer at the bottom
MOST_SCANNED = 1_500  # lines
LONGEST_LINE = 400  # characters within which a mark is looked for
WRAPPED = 60  # characters: a quoted line that long may have been broken, its rest without a mark
_ATTRIBUTION = 5  # lines at most
_BLOCK = 8  # lines at most


def own_text(text: str) -> str:
    """Return the writer's own lines, at most 64 and 4,096 characters; empty where none is sure."""
    shown = [_shown(line) for line in text[:LONGEST_SCAN].splitlines()[:MOST_SCANNED]]
    lines = [_folded(line) for line in shown]
    kept: list[str] = []
    quoted = ""  # the quoted line right above
    at = 0
    while at < len(lines) and len(kept) < MOST_LINES:
        line = lines[at]
        step = 1
        if is_quoted(line):
            quoted = line
        elif not line:
            quoted = ""
        elif count := _attribution(lines, at):
            if kept or not _is_quote_next(lines, at + count):
                break
            step = count
        elif _is_end(lines, at):
            break
        elif not _is_signed(line) and len(quoted) < WRAPPED:
            kept.append(shown[at])
        at += step
    return "\n".join(kept)[:LONGEST_TEXT].strip()


def is_quoted(line: str) -> bool:
    """Say whether a line is marked as quoted."""
    return line.startswith((">", "\uff1e"))


def _shown(line: str) -> str:
    return "".join(_character(c) for c in line).strip()


def _character(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Zs" or char == "\t":
        return " "
    return "" if category in ("Cc", "Cs") else char


def _folded(shown: str) -> str:
    visible = "".join(c for c in shown[:LONGEST_LINE] if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", visible).casefold().replace("\u2019", "'").strip(" *")


def _attribution(lines: list[str], at: int) -> int:
    """Return how many lines from here say who wrote when; none where they do not."""
    first = lines[at].split(" ", 1)[0].strip(",")
    if first not in OPENERS and "@" not in lines[at]:
        return 0
    for count, line in enumerate(lines[at : at + _ATTRIBUTION], start=1):
        if not line or is_quoted(line):
            return 0
        if line.endswith(":"):
            return count if _is_attribution(" ".join(lines[at : at + count])) else 0
    return 0


def _is_attribution(said: str) -> bool:
    has_date = any(c.isdecimal() for c in said)
    return has_date and (said.endswith(">:") or any(phrase in said for phrase in WROTE))


def _is_quote_next(lines: list[str], at: int) -> bool:
    return is_quoted(next((line for line in lines[at : at + _BLOCK] if line), ""))


def _is_end(lines: list[str], at: int) -> bool:
    line = lines[at]
    if line == "--" or (len(line) >= 10 and not line.strip("_")):
        return True
    if line.startswith("--") and line.endswith("--") and line.strip("- ") in SEPARATORS:
        return True
    return line.startswith(FORWARDS) or _is_head(lines, at)


def _is_head(lines: list[str], at: int) -> bool:
    """Say whether the fields of a quoted mail begin here: from whom, when, and to whom or what."""
    if _label(lines[at]) is None:
        return False
    kinds = {_label(line) for line in lines[at : at + _BLOCK]}
    return {"from", "sent"} <= kinds and bool(kinds & {"to", "subject"})


def _label(line: str) -> str | None:
    name, colon, _ = line[:40].partition(":")
    return LABELS.get(name.strip(" *_")) if colon else None


def _is_signed(line: str) -> bool:
    if len(line) > 120 or not line.startswith(SIGNED):
        return False
    begun = next((begin for begin in SIGNED_ENDS if line.startswith(begin)), None)
    return begun is None or line.rstrip(" .").endswith(SIGNED_ENDS[begun])
