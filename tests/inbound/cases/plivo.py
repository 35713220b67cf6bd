"""Plivo's requests, signed and checked by its own library."""

from urllib.parse import parse_qs, urlencode

from plivo.utils import signature_v3, validate_v3_signature
from pydantic import SecretStr

from tests.inbound.case import URL, Case, Message, Seal
from troth.inbound.hook import Hook
from troth.inbound.plivo import Plivo, PlivoSettings

SIGNATURE = "x-plivo-signature-v3"
NONCE = f"{SIGNATURE}-nonce"


def way(secret: str, previous: str | None = None) -> Plivo:
    former = previous and SecretStr(previous)
    return Plivo(PlivoSettings(secret=SecretStr(secret), previous=former or None, version=3))


def fields(message: Message) -> dict[str, str]:
    said = {} if message.text is None else {"Text": message.text}
    return {"MessageUUID": message.id, "From": message.sender.removeprefix("+"), **said}


def sign(body: bytes, seal: Seal, url: str = URL) -> Hook:
    signed = signature_v3.construct_post_url(url, _fields(body)).decode()
    signature = signature_v3.get_signature_v3(seal.secret, signed, "once").decode()
    headers = {SIGNATURE: f"of-another-account,{signature}", NONCE: "once"}
    return Hook("POST", URL, url.partition("?")[2], headers, body)


def accepts(hook: Hook, secret: str) -> bool:
    nonce, signature = hook.headers[NONCE], hook.headers[SIGNATURE]
    given = (hook.url, nonce, secret, signature, _fields(hook.body))
    return bool(validate_v3_signature("POST", *given))


def _fields(body: bytes) -> dict[str, list[str]]:
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


CASE = Case(
    "plivo",
    way,
    lambda message: urlencode(fields(message)).encode(),
    sign,
    is_url_signed=True,
    accepts=accepts,
)
