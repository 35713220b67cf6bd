"""Secrets: what is sealed at rest, and the tokens in links.

Everything is derived from one key that is kept outside the database. A sealed text names the key
that sealed it. A token is derived from a public seed, so that it can be shown again without being
kept; the store holds only its hash.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from troth.errors import TrothError

LEAST_KEY = 32  # characters
_TOKEN_BYTES = 20  # 160 bits


class KeyUnfitError(TrothError):
    """The key that sealed something is not at hand."""


class Vault:
    """Seals and opens private text with the first of its keys; opens with any of them."""

    def __init__(self, keys: str) -> None:
        """Take one key, or several separated by commas, newest first, while they are changed."""
        listed = [key.strip() for key in keys.split(",") if key.strip()]
        if not listed or any(len(key) < LEAST_KEY for key in listed):
            raise TrothError(
                f"TROTH_SECRET_KEY needs at least {LEAST_KEY} characters; "
                "make one with: openssl rand -base64 32"
            )
        self._boxes = {_key_id(key): Fernet(_derive(key, b"seal")) for key in listed}
        self._sealing = _key_id(listed[0])
        # The oldest: the store's hashes and marks were made with it, and links must lead home.
        self._token_key = _derive(listed[-1], b"token")

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of its keys, newest first; they tell nothing of the keys."""
        return tuple(self._boxes)

    def seal(self, text: str) -> str:
        """Return `text` encrypted, with the id of the key."""
        return f"{self._sealing}:{self._boxes[self._sealing].encrypt(text.encode()).decode()}"

    def open(self, sealed: str) -> str:
        """Return what `seal` was given; raises TrothError when its key is not at hand."""
        key_id, _, token = sealed.partition(":")
        try:
            return self._boxes[key_id].decrypt(token.encode()).decode()
        except (KeyError, InvalidToken) as error:
            raise KeyUnfitError(
                f"the secret key that sealed this store (id {key_id[:8]}) is not at hand; give it "
                "in TROTH_SECRET_KEY, or put its key file back"
            ) from error

    def mark(self, text: str) -> str:
        """Return a keyed hash, to tell whether two sealed texts are the same."""
        return hmac.new(self._token_key, f"mark\0{text}".encode(), hashlib.sha256).hexdigest()

    def token(self, seed: str) -> str:
        """Return the token of a seed: 32 lower-case base32 characters, fit for an address."""
        digest = hmac.new(self._token_key, f"token\0{seed}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:_TOKEN_BYTES]).decode().lower()

    def calendar_token(self, partner_id: int, seed: str) -> str:
        """Return the token of a partner's calendar: whom it is of, and what nobody can guess."""
        return f"{partner_id}-{self.token(f'calendar {seed}')}"

    def is_calendar_token(self, token: str, partner_id: int, seed: str) -> bool:
        """Say whether this is it, in a time that tells nothing."""
        expected = self.calendar_token(partner_id, seed)
        return hmac.compare_digest(token.encode(), expected.encode())

    def new_token(self) -> tuple[str, str]:
        """Return a fresh seed and the hash of its token, both to be stored."""
        seed = secrets.token_hex(16)
        return seed, token_hash(self.token(seed))


def token_hash(token: str) -> str:
    """Return what the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _key_id(key: str) -> str:
    return hashlib.sha256(f"troth key id\0{key}".encode()).hexdigest()[:8]


def _derive(key: str, use: bytes) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=b"troth.v1", info=use)
    return base64.urlsafe_b64encode(hkdf.derive(key.encode()))
