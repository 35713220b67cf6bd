"""Taking what a chat program quotes apart from what its user wrote."""


def split_quote(text: str) -> tuple[str | None, str]:
    """Return (quoted, own): the lines with `>` that a text begins with, bare, and what follows."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    count = 0
    while count < len(lines) and lines[count].lstrip().startswith(">"):
        count += 1
    quoted = "\n".join(line.lstrip().removeprefix(">").strip() for line in lines[:count])
    return quoted.strip() or None, "\n".join(lines[count:]).strip()
