"""Secrets that both ends know, the former one still good while it is being replaced."""

import base64

from pydantic import Field, SecretStr

from troth.inbound.hook import ForgedError, Hook, WaySettings
from troth.inbound.proofs.signatures import is_among
from troth.inbound.reading.payload import first, read_form

QUERY_FIELD = "secret"


class ProviderSecret(WaySettings):
    """A secret that a provider made: a token, or a key it signs with."""

    secret: SecretStr = Field(min_length=8)
    previous: SecretStr | None = Field(default=None, min_length=8)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is good now, the new one first."""
        both = (self.secret, self.previous)
        return tuple(secret.get_secret_value() for secret in both if secret is not None)


class OwnSecret(ProviderSecret):
    """A secret of our own making, which a provider that signs nothing has in its address of us.

    It stands there as `?secret=...`, or as the password of `https://any:password@...`.
    """

    secret: SecretStr = Field(min_length=16)
    previous: SecretStr | None = Field(default=None, min_length=16)


def check_secret(hook: Hook, secrets: tuple[str, ...]) -> None:
    """Raise ForgedError unless the address that was called held one of the secrets."""
    given = (first(read_form(hook.query), QUERY_FIELD) or "", _password(hook))
    if not is_among(given, secrets):
        raise ForgedError("the secret is missing or wrong")


def _password(hook: Hook) -> str:
    scheme, _, written = hook.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "basic":
        return ""
    try:
        return base64.b64decode(written, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""
