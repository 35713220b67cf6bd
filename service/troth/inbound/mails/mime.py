"""A MIME message taken apart in linear time: bounded bytes, bounded depth, never an error.

Of the standard library's reader every line passes each level of nesting, and header values go
through parsers that hang on hostile input. A reply needs little of MIME: this is that little.
"""

import base64
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_HEAD = 65_536  # bytes
LONGEST_VALUE = 4_096  # characters of one header field
LONGEST_BODY = 262_144  # bytes of one text, before it is decoded
DEEPEST = 8
MOST_PARTS = 50
_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
# Python knows more codecs than there are charsets, and some are slow (punycode) or no text at all.
_CHARSET = re.compile(
    r"(utf-?(7|8|16|32)([-_]?[lb]e)?|(us-?)?ascii|iso-?8859-\d{1,2}|(windows|cp)-?\d{3,4}"
    r"|koi8-[rut]|iso-2022-(jp|kr)|shift_jis|euc-(jp|kr)|gb(k|2312|18030)|big5|mac(roman|intosh))"
)


@dataclass(frozen=True)
class Headers:
    """Header fields in their order; names are lower-case, values unfolded and not decoded."""

    fields: tuple[tuple[str, str], ...]

    def first(self, name: str) -> str:
        """Return the first value of a field, empty where there is none."""
        return next((value for field, value in self.fields if field == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a field."""
        return tuple(value for field, value in self.fields if field == name)


@dataclass(frozen=True)
class Part:
    """A message or a part of one. Line ends of its body are plain newlines."""

    headers: Headers
    body: bytes

    @property
    def media(self) -> str:
        """Its media type, lower-case; text/plain where it names none, as RFC 2045 has it."""
        return self.headers.first("content-type").partition(";")[0].strip().lower() or "text/plain"

    @property
    def is_attachment(self) -> bool:
        """Whether it came beside the text."""
        return self.headers.first("content-disposition").strip().lower().startswith("attachment")


def read_part(raw: bytes) -> Part:
    """Return a message with its head read and its body as it is."""
    plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if plain.startswith(b"\n"):
        return Part(Headers(()), plain[1:])
    head, _, body = plain.partition(b"\n\n")
    return Part(read_headers(head), body)


def read_headers(head: bytes) -> Headers:
    """Return the fields of a head. Lines that are no field are passed over."""
    folded: list[tuple[str, list[str]]] = []
    for line in head[:LONGEST_HEAD].decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t"):
            if folded:
                folded[-1][1].append(line.strip())
        elif colon:
            folded.append((name.strip().lower(), [value.strip()]))
    return Headers(tuple((name, field_value(" ".join(lines))) for name, lines in folded))


def field_value(text: str) -> str:
    """Return a value as it may be kept: one line without control characters, of bounded length."""
    return "".join(c for c in text[:LONGEST_VALUE] if c.isprintable()).strip()


def parameter(value: str, name: str) -> str:
    """Return a parameter of a value like `text/plain; charset=utf-8`, empty where it has none."""
    for found in _PARAMETER.finditer(value[:LONGEST_VALUE]):
        if found[1].lower() == name:
            bare = found[2].strip()
            return re.sub(r"\\(.)", r"\1", bare[1:-1]) if bare[:1] == '"' else bare
    return ""


def leaves(message: Part) -> Iterator[Part]:
    """Yield the parts that hold something, in their order; a message within one is not opened."""
    waiting = [(message, 0)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part, depth = waiting.pop()
        if not part.media.startswith("multipart/"):
            yield part
        elif depth < DEEPEST:
            waiting.extend((inner, depth + 1) for inner in reversed(parts_of(part, MOST_PARTS)))


def parts_of(part: Part, most: int) -> list[Part]:
    """Return the parts right within a part, at most so many; none where it is no multipart."""
    boundary = parameter(part.headers.first("content-type"), "boundary").encode()
    if not boundary:
        return []
    line = re.compile(rb"\n--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?=\n|\Z)")
    pieces = line.split(b"\n" + part.body, maxsplit=most)[1:]
    return [read_part(piece[1:]) for piece in pieces if piece.strip()]


def text_of(part: Part) -> str:
    """Return a part's text, decoded as well as it can be; what cannot be is replaced."""
    content = _decoded(part)
    charset = parameter(part.headers.first("content-type"), "charset")
    return decode(content, charset)


def decode(content: bytes, charset: str) -> str:
    """Decode bytes of a charset that somebody claims; UTF-8 where it is none that is known."""
    name = charset.strip().lower()
    known = len(name) < 24 and _CHARSET.fullmatch(name) is not None
    try:
        codecs.lookup(name if known else "utf-8")
    except LookupError:
        known = False
    if not known and not _is_utf8(content):
        return content.decode("cp1252", "replace")
    return content.decode(name if known else "utf-8", "replace")


def _is_utf8(content: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)  # its end may be cut
    except UnicodeDecodeError:
        return False
    return True


def _decoded(part: Part) -> bytes:
    body = part.body[:LONGEST_BODY]
    match part.headers.first("content-transfer-encoding").lower():
        case "quoted-printable":
            return quopri.decodestring(body)
        case "base64":
            return _unbase64(body)
        case _:
            return body


def _unbase64(body: bytes) -> bytes:
    digits = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    whole = digits[: len(digits) // 4 * 4]  # a cut body, or one with its padding taken off above
    rest = digits[len(whole) :]
    return base64.b64decode(whole) + (base64.b64decode(rest + b"==") if len(rest) > 1 else b"")
