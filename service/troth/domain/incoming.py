"""What somebody sent by a way that others run, and who they are to its provider."""

import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum

LONGEST_ID = 200  # characters of a provider's message id that are kept
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes neither, UTF-8 no surrogate
_NO_CHARACTER = "\ufffd"  # stands in no address, no token and no text of ours


class AddressKind(StrEnum):
    """The kinds of address by which people are known to providers."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"
    MAIL = "mail"
    TELEGRAM = "telegram"
    MATRIX = "matrix"
    XMPP = "xmpp"
    IRC = "irc"
    SLACK = "slack"
    DISCORD = "discord"
    SIGNAL = "signal"
    MQTT = "mqtt"


@dataclass(frozen=True)
class Address:
    """Where somebody writes from: a number with country code (+15550100), a mail address, a chat.

    Values are compared as they are: each kind has one way to write them (see `normal`).
    """

    kind: AddressKind
    value: str


@dataclass(frozen=True)
class Incoming:
    """One message that came in and is known to be genuine.

    `way` and `provider_id` together come once. `token` is that of an answer link, where a button or
    a reply address carries one; `quoted` is what of ours a reaction or a reply quotes.
    `is_automatic` marks what no person wrote: it is never an answer. `is_bounce` marks the report
    that a nudge can never arrive; as anybody can forge one, it counts only with that nudge's token.
    `tap` names a tap on a message among those of its way and writer; `is_taken_away` where it is
    the same tap that is there no more.
    """

    way: str
    provider_id: str
    address: Address
    text: str
    token: str | None = None
    quoted: str | None = None
    is_automatic: bool = False
    is_bounce: bool = False
    tap: str | None = None
    is_taken_away: bool = False


def keepable(incoming: Incoming) -> Incoming:
    """Return a message whose fields can be hashed, compared and kept; its text is for the parser.

    Nothing is left out: an address with a character in it that no store takes is still nobody
    else's, and two ids that differ only there are still two.
    """
    return replace(
        incoming,
        provider_id=_id(incoming.provider_id),
        address=replace(incoming.address, value=_marked(incoming.address.value)),
        token=_marked(incoming.token) if incoming.token else None,
        quoted=_marked(incoming.quoted) if incoming.quoted else None,
        tap=_id(incoming.tap) if incoming.tap else None,
    )


def _id(provider_id: str) -> str:
    """Return an id as the store keeps it; cut or mended, two of them might be one."""
    if len(provider_id) <= LONGEST_ID and not _UNKEEPABLE.search(provider_id):
        return provider_id
    whole = provider_id.encode("utf-8", "surrogatepass")
    return f"sha256:{hashlib.sha256(whole).hexdigest()}"


def _marked(text: str) -> str:
    return _UNKEEPABLE.sub(_NO_CHARACTER, text)


# Where a text message can be sent and none sent back.
_ONE_WAY = ("+91", "+86", "+502", "+506", "+507", "+84")


def takes_replies(address: Address) -> bool:
    """Say whether people can answer from there: in some countries no text message comes back."""
    return address.kind is not AddressKind.PHONE or not address.value.startswith(_ONE_WAY)


def normal(kind: AddressKind, written: str) -> Address:
    """Return an address in the one way in which its kind is written.

    Phone numbers keep their digits and one plus; mail, XMPP and Matrix addresses are case-folded,
    and a mail address loses its +tag, an XMPP address its resource.
    """
    value = written.strip()
    match kind:
        case AddressKind.SIGNAL if not value.startswith(("+", "0")):
            return Address(kind, value)  # who hides their number is known by an id
        case AddressKind.PHONE | AddressKind.WHATSAPP | AddressKind.SIGNAL:
            digits = "".join(c for c in value if c in "0123456789")
            return Address(kind, f"+{digits.removeprefix('00')}")
        case AddressKind.MAIL:
            local, _, host = value.casefold().rpartition("@")
            return Address(kind, f"{local.partition('+')[0]}@{host}")
        case AddressKind.XMPP:
            return Address(kind, value.casefold().partition("/")[0])
        case AddressKind.MATRIX:
            return Address(kind, value.casefold())
        case _:
            return Address(kind, value)
