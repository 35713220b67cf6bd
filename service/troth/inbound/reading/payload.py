"""What requests carry: forms and JSON, read without trusting either."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from troth.inbound.hook import Hook, UnreadableError

LARGEST = 256 * 1024  # bytes; what carries one text message is far below it
MOST_FIELDS = 500

Form: TypeAlias = Mapping[str, list[str]]


def posted(hook: Hook) -> bytes:
    """Return the body of a POST; raises UnreadableError for another method: GET never acts."""
    if hook.method != "POST":
        raise UnreadableError("only a POST brings messages")
    return hook.body


def read_form(written: bytes | str) -> Form:
    """Read a form or a query; each name has one value or more. Raises UnreadableError."""
    _check_size(written)
    text = written if isinstance(written, str) else written.decode("utf-8", "replace")
    text = text.encode("utf-8", "replace").decode()  # a query may hold half a character, too
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise UnreadableError("the form has too many fields") from error
    form: dict[str, list[str]] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def first(form: Form, name: str) -> str | None:
    """Return the first value of that name."""
    return form[name][0] if name in form else None


def read_json(written: bytes | str) -> Mapping[str, Any]:
    """Read a JSON object; raises UnreadableError for anything else."""
    _check_size(written)
    try:
        found = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("this is not JSON") from error
    if not isinstance(found, dict):
        raise UnreadableError("this is not a JSON object")
    return found


def read_flat(written: bytes) -> Mapping[str, Any]:
    """Read a form or a JSON object, for those who send now one and now the other."""
    if written.lstrip()[:1] == b"{":
        return read_json(written)
    return {name: values[0] for name, values in read_form(written).items()}


def part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object within an object; raises UnreadableError where there is none."""
    found = whole.get(name)
    if not isinstance(found, dict):
        raise UnreadableError(f"there is no object {name}")
    return found


def words(whole: Mapping[str, Any], *names: str) -> str | None:
    """Return the text under the first of the names that has any; a whole number is text, too."""
    for name in names:
        found = whole.get(name)
        if isinstance(found, str) and found:
            return found
        if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 10**20:
            return str(found)
    return None


def _check_size(written: bytes | str) -> None:
    if len(written) > LARGEST:
        raise UnreadableError("the request is too large")
