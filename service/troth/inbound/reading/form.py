"""Reading forms that anybody may have written: queries, urlencoded ones, and those in parts."""

from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from troth.inbound.hook import Hook, UnreadableError
from troth.inbound.mails.mime import Headers, Part, decode, parameter, parts_of
from troth.inbound.reading.body import LARGEST_MAIL, check_size, posted
from troth.inbound.reading.json_value import read_json

MOST_FIELDS = 500

Form: TypeAlias = Mapping[str, list[str]]


def read_form(written: bytes | str) -> Form:
    """Read a form or a query; each name has one value or more. Raises UnreadableError."""
    check_size(written)
    text = written if isinstance(written, str) else written.decode("utf-8", "replace")
    form: dict[str, list[str]] = {}
    for name, value in _pairs(text.encode("utf-8", "replace").decode()):  # no half a character
        form.setdefault(name, []).append(value)
    return form


def first(form: Form, name: str) -> str | None:
    """Return the first value of that name."""
    return form[name][0] if name in form else None


def read_flat(written: bytes) -> Mapping[str, Any]:
    """Read a form or a JSON object, for those who send now one and now the other."""
    if written.lstrip()[:1] == b"{":
        return read_json(written)
    return {name: values[0] for name, values in read_form(written).items()}


def form_fields(hook: Hook) -> dict[str, bytes]:
    """Return the first value of each field as it came, for a form that holds a mail.

    Its texts may be of several charsets. Files are left out. Raises UnreadableError.
    """
    body = posted(hook, LARGEST_MAIL)
    media = hook.headers.get("content-type", "")
    if media.lower().startswith("multipart/form-data"):
        whole = Part(Headers((("content-type", media),)), body.replace(b"\r\n", b"\n"))
        return _in_parts(whole)
    # As Latin-1, of which every byte is a letter: given bytes, it takes none but ASCII.
    pairs = _pairs(body.decode("latin-1"), "latin-1")
    return {name: value.encode("latin-1") for name, value in reversed(pairs)}


def text_field(fields: Mapping[str, bytes], name: str, charset: str = "utf-8") -> str:
    """Return a field's text, empty where there is none."""
    return decode(fields.get(name, b""), charset)


def _pairs(text: str, charset: str = "utf-8") -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, encoding=charset)
    except ValueError:
        raise UnreadableError("the form has too many fields") from None


def _in_parts(whole: Part) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in parts_of(whole, MOST_FIELDS):  # not what is within them: that is a stranger's
        said = part.headers.first("content-disposition")
        if said.lower().startswith("form-data") and not parameter(said, "filename"):
            found.setdefault(parameter(said, "name"), part.body)
    return found
