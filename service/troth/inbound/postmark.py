"""The way in by Postmark's inbound webhook: JSON, and a login in the webhook's address."""

import base64
import re
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from troth.inbound.hook import ForgedError, Hook, Received, UnreadableError, WaySettings, is_same
from troth.inbound.mails.mail import incoming_mail, mail_of, own_words
from troth.inbound.mails.mime import Headers, field_value

LONGEST_BODY = 1_048_576  # bytes
_ID = re.compile(r"[!-~]{1,100}")


class PostmarkSettings(WaySettings):
    """The logins of the webhook's address, `name:password`, two while they are being changed."""

    logins: Annotated[tuple[SecretStr, ...], Field(min_length=1, max_length=2)]

    @field_validator("logins")
    @classmethod
    def _are_logins(cls, logins: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for login in logins:
            name, _, password = login.get_secret_value().partition(":")
            if not name or not password:
                raise ValueError("a login is written name:password")
        return logins


class _Field(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str = Field(alias="Name")
    value: str = Field(alias="Value")


class _Person(BaseModel):
    model_config = ConfigDict(extra="ignore")
    email: str = Field(alias="Email")


class _Mail(BaseModel):
    """What we use of Postmark's JSON."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    sender: _Person = Field(alias="FromFull")
    message_id: str = Field(alias="MessageID")
    headers: list[_Field] = Field(default=[], alias="Headers", max_length=500)
    recipient: str = Field(default="", alias="OriginalRecipient")
    plain: str = Field(default="", alias="TextBody")
    html: str = Field(default="", alias="HtmlBody")


class Postmark:
    """Requests of an inbound message stream."""

    name: ClassVar[str] = "postmark"

    def __init__(self, settings: PostmarkSettings) -> None:
        self._logins = [login.get_secret_value() for login in settings.logins]

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - nothing is dated
        """Verify and read a request; raise Forged- or UnreadableError."""
        self._verify(hook)
        if len(hook.body) > LONGEST_BODY:
            raise UnreadableError("the mail is too long")
        mail = _read(hook.body)
        if not _ID.fullmatch(mail.message_id):
            raise UnreadableError("MessageID is no id")
        headers = Headers(tuple(_fields(mail)))
        text = own_words(mail.plain, mail.html)
        read = mail_of(headers, text, recipients=[field_value(mail.recipient)])
        return Received((incoming_mail(read, self.name, mail.message_id),))

    def _verify(self, hook: Hook) -> None:
        scheme, _, given = hook.headers.get("authorization", "").partition(" ")
        wanted = [base64.b64encode(login.encode()).decode() for login in self._logins]
        is_ours = any(is_same(given.strip(), login) for login in wanted)
        if scheme.lower() != "basic" or not is_ours:
            raise ForgedError("the login is another's")


def _read(body: bytes) -> _Mail:
    try:
        return _Mail.model_validate_json(body)
    except ValidationError:
        raise UnreadableError("the JSON is not Postmark's") from None


def _fields(mail: _Mail) -> list[tuple[str, str]]:
    """Return the head of the mail; its From is given apart and is not among the others."""
    listed = [(one.name.lower(), field_value(one.value)) for one in mail.headers]
    others = [(name, value) for name, value in listed if name != "from"]
    return [("from", field_value(f"<{mail.sender.email}>")), *others]
