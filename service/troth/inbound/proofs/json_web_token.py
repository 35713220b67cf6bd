"""JSON web tokens as providers sign their requests with them: HS256, and nothing else.

The algorithm is ours to say. A token that names another (or `none`) is forged.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from troth.inbound.hook import ForgedError, UnreadableError
from troth.inbound.proofs.signatures import check_signature, keyed_hash
from troth.inbound.reading.json_value import read_json

_LONGEST = 8_192  # characters


def read_claims(token: str, secrets: tuple[str, ...]) -> Mapping[str, Any]:
    """Return what a token says if one of the secrets has signed it; raises ForgedError."""
    signed, _, signature = token.rpartition(".")
    head, _, body = signed.partition(".")
    if len(token) > _LONGEST or not token.isascii():
        raise ForgedError("the token is none")
    wanted = (_url_safe(keyed_hash(secret, signed, hashlib.sha256)) for secret in secrets)
    check_signature((signature,), wanted)
    if _part(head).get("alg") != "HS256":
        raise ForgedError("the token is signed by another algorithm")
    return _part(body)


def _url_safe(hashed: str) -> str:
    return hashed.translate(str.maketrans("+/", "-_")).rstrip("=")


def _part(written: str) -> Mapping[str, Any]:
    try:
        return read_json(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    except (ValueError, UnreadableError) as error:
        raise ForgedError("the token is none") from error
