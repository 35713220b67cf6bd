"""Messages as long as Troth's own, each with an answer link by which the sink knows it."""

import base64
import os

TITLE = "A coffee together"


def body() -> str:
    """A text with a link of its own."""
    token = base64.b32encode(os.urandom(20)).decode().lower()
    return f"Sit down together for a coffee, and put the phones away.\n\nhttp://127.0.0.1:8787/r/{token}"
