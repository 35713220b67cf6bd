"""Small documents of providers, fetched: never from an address that was not checked before."""

import time

import requests

from troth.inbound.reading.bounded import read_answer

SECONDS = 5.0
LARGEST = 64 * 1024  # bytes


def fetch(url: str) -> bytes:
    """GET a small document, without following anybody elsewhere.

    Raises OSError (requests' errors are some) for no answer within five seconds, for any but a 200,
    and for more than 64 KB.
    """
    ends = time.monotonic() + SECONDS
    with (
        requests.Session() as session,
        session.get(url, timeout=SECONDS, allow_redirects=False, stream=True) as response,
    ):
        if response.status_code != requests.codes.ok:
            raise OSError(f"the answer is a {response.status_code}")
        return read_answer(response, LARGEST, ends)
