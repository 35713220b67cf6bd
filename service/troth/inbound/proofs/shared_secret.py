"""Secrets that both ends know, the former one still good while it is being replaced."""

import base64
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, SecretStr

from troth.inbound.hook import ForgedError, Hook, WaySettings
from troth.inbound.proofs.signatures import is_among
from troth.inbound.reading.form import first, read_form

QUERY_FIELD = "secret"

OneOrTwoSecrets = Annotated[tuple[SecretStr, ...], Field(min_length=1, max_length=2)]
"""A secret, or two while it is changed."""


class ProviderSecret(WaySettings):
    """A secret that a provider made: a token, or a key it signs with."""

    secret: SecretStr = Field(min_length=8)
    previous: SecretStr | None = Field(default=None, min_length=8)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is good now, the new one first."""
        return plain(secret for secret in (self.secret, self.previous) if secret is not None)


class OwnSecret(ProviderSecret):
    """A secret of our own making, which a provider that signs nothing has in its address of us.

    It stands there as `?secret=...`, or as the password of `https://any:password@...`.
    """

    secret: SecretStr = Field(min_length=16)
    previous: SecretStr | None = Field(default=None, min_length=16)


def plain(secrets: Iterable[SecretStr]) -> tuple[str, ...]:
    """Return secrets as they are written, to compare with what is given."""
    return tuple(secret.get_secret_value() for secret in secrets)


def check_secret(hook: Hook, secrets: tuple[str, ...]) -> None:
    """Raise ForgedError unless the address that was called held one of the secrets."""
    password = login(hook).partition(":")[2]
    check_given((first(read_form(hook.query), QUERY_FIELD) or "", password), secrets)


def check_given(given: Iterable[str], secrets: Iterable[str]) -> None:
    """Raise ForgedError unless one of the secrets is among those given; nothing is no secret."""
    if not is_among((one for one in given if one), secrets):
        raise ForgedError("the secret is missing or wrong")


def login(hook: Hook) -> str:
    """Return the `name:password` that the address that was called held; empty without one."""
    scheme, _, written = hook.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "basic":
        return ""
    try:
        return base64.b64decode(written.strip(), validate=True).decode()
    except ValueError:
        return ""
