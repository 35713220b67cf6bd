"""Reading JSON that anybody may have written: what is not as documented is simply not there."""

import json
from collections.abc import Mapping
from typing import Any

from troth.inbound.hook import UnreadableError
from troth.inbound.reading.storable import storable

LONGEST_NAME = 512  # characters of an id, a place or a token; no provider's own are longer
_LARGEST_NUMBER = 10**40


def load_json(written: bytes | str) -> object:
    """Return the value; raises UnreadableError for what is no JSON, or too deep or too big."""
    try:
        value: object = json.loads(written)
    except (ValueError, RecursionError):
        raise UnreadableError("this is not JSON") from None
    return value


def read_json(written: bytes | str) -> Mapping[str, Any]:
    """Read a JSON object; raises UnreadableError for anything else."""
    found = load_json(written)
    if not isinstance(found, dict):
        raise UnreadableError("this is not a JSON object")
    return found


def object_at(value: object, *path: str) -> Mapping[str, Any]:
    """Return the object at a path; raises UnreadableError where there is none."""
    found = at(value, *path)
    if not isinstance(found, dict):
        raise UnreadableError(f"there is no object {'.'.join(path)}")
    return found


def at(value: object, *path: str) -> object:
    """Return what stands at a path of keys, or None."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def items_at(value: object, *path: str) -> list[object]:
    """Return the list at a path; an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def words_at(value: object, *path: str) -> str | None:
    """Return the text at a path as far as it is kept, or None where there is none to be read."""
    found = at(value, *path)
    return storable(found).strip() or None if isinstance(found, str) else None


def id_at(value: object, *path: str) -> str | None:
    """Return an id, which may be a whole number, as text.

    None where there is none, or one that cannot be kept as it was written.
    """
    found = at(value, *path)
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < _LARGEST_NUMBER:
        found = str(found)
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_NAME:
        return None
    return found if storable(found) == found else None
