"""What is answered over HTTP, read to a bound."""

import time

import requests

_PIECE = 64 * 1024  # bytes


def read_answer(response: requests.Response, largest: int, ends: float | None = None) -> bytes:
    """Return the body of a streamed answer.

    Raises OSError (requests' errors are some) where it is longer than `largest` bytes, or still
    comes when the monotonic clock says `ends`.
    """
    found = bytearray()
    for piece in response.iter_content(min(largest, _PIECE)):
        found += piece
        if len(found) > largest or (ends is not None and time.monotonic() > ends):
            raise OSError("the answer is too large or too slow")
    return bytes(found)
