"""The lines of an HTML mail, without what its program marks as quoted.

The standard library's parser takes half a minute for 64 KB of `<a/` (Python 3.11), so this reads
tags itself, once, from left to right. What is cut leaves a line with a quotation mark behind.
"""

import html
import re
from dataclasses import dataclass, field

LONGEST_HTML = 262_144  # characters
LONGEST_TAG = 2_000  # characters of a tag that are looked at
_BLOCKS = frozenset(
    {
        *("p", "div", "br", "li", "tr", "ul", "ol", "table", "pre", "hr", "section", "article"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "body", "dl", "dt", "dd"),
    }
)
_UNREAD = frozenset({"style", "script", "title", "head", "template", "noscript"})
# Ids from which on nothing is the writer's own: Outlook's, Zimbra's.
_ENDS = frozenset(
    {
        *("divrplyfwdmsg", "appendonsend", "stopspelling", "zwchr"),
        "mail-editor-reference-message-container",
    }
)
_CUTS = (
    *("gmail_attr", "gmail_signature", "moz-cite-prefix", "moz-signature", "yahoo_quoted"),
    *("protonmail_quote", "protonmail_signature", "tutanota_quote", "ms-outlook-mobile-signature"),
    *("composer_signature", "yahoo_signature", "moz-forward-container"),
)
_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_TAG_MARK = re.compile(r"[\"'>]")
_ATTRIBUTE = re.compile(
    r"\b(class|id|name|tabindex)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE
)
_SPACES = re.compile(r"\s+")
_HUGE_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")  # int() refuses those of 4,300 digits


@dataclass
class _Reading:
    """What was read so far. While `cut` names an element, everything within it is passed over."""

    lines: list[str] = field(default_factory=list)
    cut: str = ""
    depth: int = 0
    is_quote: bool = False
    preformatted: int = 0
    is_over: bool = False


def text_of_html(source: str) -> str:
    """Return the text that a person sees, line by line, with `>` for each quotation."""
    source = source[:LONGEST_HTML]
    reading = _Reading()
    at = 0
    while not reading.is_over:
        opened = source.find("<", at)
        _say(reading, source[at:] if opened < 0 else source[at:opened])
        if opened < 0:
            break
        at = _markup(reading, source, opened)
    return "".join(reading.lines)


def _markup(reading: _Reading, source: str, at: int) -> int:
    """Read what begins at a `<`; return where to go on."""
    if source.startswith("<!--", at):
        return _after(reading, source.find("-->", at + 4), 3)
    if source.startswith(("<!", "<?"), at):
        return _after(reading, source.find(">", at), 1)
    name = _NAME.match(source, at)
    if name is None:
        _say(reading, "<")
        return at + 1
    end = _tag_end(source, name.end())
    if end < 0:
        return _after(reading, end, 0)
    _tag(reading, name[2].lower(), bool(name[1]), source[name.end() : min(end, at + LONGEST_TAG)])
    return end + 1


def _after(reading: _Reading, found: int, length: int) -> int:
    """Go on behind what was found; browsers show nothing more where it has no end."""
    reading.is_over = found < 0
    return found + length


def _tag_end(source: str, at: int) -> int:
    """Return where a tag's `>` is. A quotation mark without its fellow is taken for itself."""
    start = at
    while found := _TAG_MARK.search(source, at):
        if found[0] == ">":
            return found.start()
        closed = source.find(found[0], found.end())
        if closed < 0:
            return source.find(">", start)
        at = closed + 1
    return source.find(">", start)


def _tag(reading: _Reading, name: str, is_end: bool, attributes: str) -> None:
    if reading.cut:
        _within_cut(reading, name, is_end)
        return
    if name == "pre":
        reading.preformatted = max(0, reading.preformatted + (-1 if is_end else 1))
    if name in _BLOCKS or name == "blockquote":
        reading.lines.append("\n")
    elif name in ("td", "th"):
        reading.lines.append(" ")
    if not is_end:
        _open(reading, name, attributes)


def _within_cut(reading: _Reading, name: str, is_end: bool) -> None:
    if name != reading.cut:
        return
    reading.depth += -1 if is_end else 1
    if reading.depth == 0:
        reading.cut = ""
        reading.lines.append("\n>\n" if reading.is_quote else "\n")


def _open(reading: _Reading, name: str, attributes: str) -> None:
    marks = {key.lower(): value.strip("\"'").lower() for key, value in _marks(attributes)}
    is_rule = name == "hr" and marks.get("tabindex") == "-1"
    if is_rule or marks.get("id") in _ENDS:
        reading.is_over = True
    elif name in ("hr", "br", "img", "input"):
        return
    elif name == "blockquote" or name in _UNREAD or _is_cut(marks):
        reading.cut, reading.depth = name, 1
        reading.is_quote = name not in _UNREAD


def _marks(attributes: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in _ATTRIBUTE.finditer(attributes)]


def _is_cut(marks: dict[str, str]) -> bool:
    named = f"{marks.get('class', '')} {marks.get('id', '')}"
    return marks.get("name") == "quote" or any(mark in named for mark in _CUTS)


def _say(reading: _Reading, source: str) -> None:
    if reading.cut or not source:
        return
    text = html.unescape(_HUGE_NUMBER.sub("\ufffd", source))
    reading.lines.append(text if reading.preformatted else _SPACES.sub(" ", text))
