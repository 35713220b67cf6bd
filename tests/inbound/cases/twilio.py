"""Twilio's requests, signed and checked by its own library."""

from urllib.parse import parse_qsl, urlencode

from pydantic import SecretStr
from starlette.datastructures import QueryParams
from twilio.request_validator import RequestValidator

from tests.inbound.case import URL, Case, Message, Seal
from troth.inbound.hook import Hook
from troth.inbound.twilio import Twilio, TwilioSettings

SIGNATURE = "x-twilio-signature"


def way(secret: str, previous: str | None = None) -> Twilio:
    former = previous and SecretStr(previous)
    return Twilio(TwilioSettings(secret=SecretStr(secret), previous=former or None))


def fields(message: Message) -> dict[str, str]:
    said = {} if message.text is None else {"Body": message.text}
    return {"MessageSid": message.id, "From": message.sender, "NumMedia": "0", **said}


def sign(body: bytes, seal: Seal, url: str = URL, algorithm: str | None = None) -> Hook:
    given = _fields(body)
    signature = RequestValidator(seal.secret).compute_signature(url, given, algorithm)
    return Hook("POST", URL, url.partition("?")[2], {SIGNATURE: signature}, body)


def accepts(hook: Hook, secret: str) -> bool:
    found = RequestValidator(secret).validate(hook.url, _fields(hook.body), hook.headers[SIGNATURE])
    return bool(found)


def _fields(body: bytes) -> QueryParams:
    return QueryParams(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


CASE = Case(
    "twilio",
    way,
    lambda message: urlencode(fields(message)).encode(),
    sign,
    is_url_signed=True,
    accepts=accepts,
)
