"""The way in by Postmark's inbound webhook: JSON, and a login in the webhook's address."""

import re
from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from troth.inbound.hook import OK, Hook, Received, UnreadableError, WaySettings
from troth.inbound.mails.mail import incoming_mail, mail_of, own_words
from troth.inbound.mails.mime import Headers, field_value
from troth.inbound.proofs.shared_secret import OneOrTwoSecrets, check_given, login, plain
from troth.inbound.reading.body import LARGEST_MAIL, posted

_ID = re.compile(r"[!-~]{1,100}")


class PostmarkSettings(WaySettings):
    """The logins of the webhook's address, `name:password`, two while they are being changed."""

    logins: OneOrTwoSecrets

    @field_validator("logins")
    @classmethod
    def _are_logins(cls, logins: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for written in plain(logins):
            name, _, password = written.partition(":")
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
        self._logins = plain(settings.logins)

    def read(self, hook: Hook, now: datetime) -> Received:  # noqa: ARG002 - nothing is dated
        """Verify and read a request; raise Forged- or UnreadableError."""
        check_given((login(hook),), self._logins)
        mail = _read(posted(hook, LARGEST_MAIL))
        if not _ID.fullmatch(mail.message_id):
            raise UnreadableError("MessageID is no id")
        headers = Headers(tuple(_fields(mail)))
        text = own_words(mail.plain, mail.html)
        read = mail_of(headers, text, recipients=[field_value(mail.recipient)])
        return Received((incoming_mail(read, self.name, mail.message_id),), status=OK)


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
