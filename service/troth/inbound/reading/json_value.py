"""Reading JSON that anybody may have written: what is not as documented is simply not there."""

import json

LONGEST_ID = 512  # characters; no provider's own are longer
LONGEST_WORDS = 16_384  # characters; a reply is cut to far fewer when it is read


def load_json(raw: bytes | str) -> object:
    """Return the value; raise ValueError for what is no JSON, or too deep or too big a number."""
    try:
        value: object = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


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
    if not isinstance(found, str):
        return None
    return storable(found[:LONGEST_WORDS]).strip() or None


def id_at(value: object, *path: str) -> str | None:
    """Return an id, which may be a text or a whole number, as text; None for one that is none."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    if isinstance(found, int) and abs(found) >= 10**40:
        return None
    text = storable(str(found))
    return text if 0 < len(text) <= LONGEST_ID else None


def storable(text: str) -> str:
    """Return a text that can be encoded and stored: no half characters, and no NUL (PostgreSQL)."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
