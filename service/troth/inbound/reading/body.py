"""The body of a request: only what was posted, and no more of it than a message can need."""

from troth.inbound.hook import Hook, UnreadableError

LARGEST = 256 * 1024  # bytes; what carries one text message is far below it
LARGEST_MAIL = 1024 * 1024  # bytes


def posted(hook: Hook, largest: int = LARGEST) -> bytes:
    """Return the body of a POST; raises UnreadableError for another method: GET never acts."""
    if hook.method != "POST":
        raise UnreadableError("only a POST brings messages")
    check_size(hook.body, largest)
    return hook.body


def check_size(written: bytes | str, largest: int = LARGEST) -> None:
    """Raise UnreadableError for what is too large to be read."""
    if len(written) > largest:
        raise UnreadableError("the request is too large")
