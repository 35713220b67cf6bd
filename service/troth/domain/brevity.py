"""A long text cut where a line or a word ends. Pure."""


def bounded(text: str, most: int, rest: str) -> str:
    """Return `text` in at most `most` characters; where it is cut, `rest` stands below it."""
    if len(text) <= most:
        return text
    room = text[: most - len(rest) - 3]  # for what parts them
    for end in ("\n", " "):
        cut = room.rfind(end)
        if cut > len(room) // 2:
            room = room[:cut]
            break
    return f"{room.rstrip()}…\n\n{rest}"
