"""Where a channel's replies will come from, as far as its URL tells."""

from collections.abc import Iterable

from apprise import Apprise
from apprise.plugins import NotifyBase

from troth.delivery.provider import scheme_of
from troth.domain.incoming import Address, AddressKind, normal

_PHONE = (
    "46elks bulksms burstsms clicksend d7sms httpsms msg91 msgbird nexmo plivo seven sinch sns"
    " smseagle smseagles telnyx twilio vonage voipms"
)
_KINDS: dict[str, AddressKind] = {
    **dict.fromkeys(_PHONE.split(), AddressKind.PHONE),
    **dict.fromkeys(("mailto", "mailtos", "sendgrid", "mailgun", "ses"), AddressKind.MAIL),
    **dict.fromkeys(("matrix", "matrixs"), AddressKind.MATRIX),
    **dict.fromkeys(("xmpp", "xmpps"), AddressKind.XMPP),
    **dict.fromkeys(("irc", "ircs"), AddressKind.IRC),
    **dict.fromkeys(("mqtt", "mqtts"), AddressKind.MQTT),
    **dict.fromkeys(("signal", "signals"), AddressKind.SIGNAL),
    "tgram": AddressKind.TELEGRAM,
    "slack": AddressKind.SLACK,
    "discord": AddressKind.DISCORD,
    "whatsapp": AddressKind.WHATSAPP,
}
# Where Apprise's plugins keep whom they write to; a room of a chat is whom, too.
_PLACES = ("targets", "phone", "rooms", "users", "channels", "topics")


def address_of(url: str) -> Address | None:
    """Return the one address that a channel writes to; None where there is none, or several."""
    kind = _KINDS.get(scheme_of(url))
    if kind is None:
        return None
    try:
        plugin = Apprise.instantiate(url, suppress_exceptions=False)
    except Exception:  # noqa: BLE001 - some plugins raise on what they can't read
        return None
    found = {found for found in _addresses(plugin, kind) if found.value} if plugin else set()
    return found.pop() if len(found) == 1 else None


def _addresses(plugin: NotifyBase, kind: AddressKind) -> Iterable[Address]:
    for place in _PLACES:
        for target in getattr(plugin, place, None) or ():
            yield _address(kind, target)


def _address(kind: AddressKind, target: object) -> Address:
    """Read a plugin's target: an address, or one beside a name, a thread or a mode."""
    if not isinstance(target, tuple):
        return normal(kind, str(target))
    first, second = target[0], target[-1]
    if kind is AddressKind.TELEGRAM:
        return normal(kind, str(first))
    if kind is AddressKind.PHONE and getattr(first, "name", "") == "WHATSAPP":  # Twilio's mode
        return normal(AddressKind.WHATSAPP, str(second))
    return normal(kind, str(second))
