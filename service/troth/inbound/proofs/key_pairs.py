"""Signatures by a key that only the provider has, checked with the public one."""

import base64
from collections.abc import Callable, Iterable

from cryptography.exceptions import InvalidSignature

from troth.inbound.hook import ForgedError

Verify = Callable[[bytes, bytes], None]
"""Takes a signature and what is signed; raises InvalidSignature."""


def from_base64(written: str) -> bytes:
    """Return a signature as bytes; raises ForgedError."""
    try:
        return base64.b64decode(written, validate=True)
    except ValueError as error:
        raise ForgedError("the signature is none") from error


def from_hex(written: str) -> bytes:
    """Return a signature as bytes; raises ForgedError."""
    try:
        return bytes.fromhex(written)
    except ValueError as error:
        raise ForgedError("the signature is none") from error


def check_signed(keys: Iterable[Verify], signature: bytes, signed: bytes) -> None:
    """Raise ForgedError unless one of the keys has signed."""
    if not any(_has_signed(verify, signature, signed) for verify in keys):
        raise ForgedError("the signature is wrong")


def _has_signed(verify: Verify, signature: bytes, signed: bytes) -> bool:
    try:
        verify(signature, signed)
    except InvalidSignature:
        return False
    return True
