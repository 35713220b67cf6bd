"""The addresses in a mail's head, and the token of an answer link in ours. Linear in its length."""

import re

LONGEST_ADDRESS = 320  # characters: 64 of a name, 255 of a host and the @
MOST_ADDRESSES = 50
_ADDRESS = re.compile(r"[^\s<>@,;:\"()]+@[^\s<>@,;:\"()]+")
_TOKEN = re.compile(r"[a-z2-7]{32}")


def addresses(value: str) -> tuple[str, ...]:
    """Return the addresses of a field like `"Ana, me" <ana@example.org>, ben@example.org`."""
    listed = _bare(value).replace(";", ",").split(",")[:MOST_ADDRESSES]
    found = (_address(one) for one in listed)
    return tuple(address for address in found if address)


def token_in(address: str) -> str | None:
    """Return the token of `name+token@host`, in any case, for some servers fold local parts."""
    tag = address.rpartition("@")[0].lower().partition("+")[2]
    return tag if _TOKEN.fullmatch(tag) else None


def _address(one: str) -> str:
    _, opened, rest = one.rpartition("<")
    inner = rest.partition(">")[0] if opened else one.rpartition(":")[2]  # `friends: ana@...`
    bare = inner.strip()
    fits = len(bare) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(bare)
    return bare if fits else ""


def _bare(value: str) -> str:
    """Return a value without its quoted strings and comments, where commas and @ mean nothing."""
    kept: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for char in value:
        if is_escaped:
            is_escaped = False
        elif char == "\\" and (is_quoted or depth):
            is_escaped = True
        elif char == '"' and not depth:
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(char)
    return "".join(kept)
