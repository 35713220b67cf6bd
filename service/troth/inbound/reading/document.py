"""Small documents of providers, fetched: never from an address that was not checked before."""

import time

import requests

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
        found = bytearray()
        for chunk in response.iter_content(8_192):
            found += chunk
            if len(found) > LARGEST or time.monotonic() > ends:
                raise OSError("the answer is too large or too slow")
        return bytes(found)
