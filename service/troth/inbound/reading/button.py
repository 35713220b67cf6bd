"""What a button of ours carries: the words its press stands for, and the token of its nudge.

Both stand in the one text that providers hand back: `done:TOKEN`, or `done` alone.
"""

import re

_TOKEN = re.compile(r"[0-9A-Za-z_-]{16,128}")


def pressed(data: str) -> tuple[str, str | None]:
    """Return (text, token). What follows the colon and can be no token is left out."""
    text, _, token = data.partition(":")
    return text.strip(), token if _TOKEN.fullmatch(token) else None
