"""Text messages from numbers, as whoever carried them handed them in."""

import re

from troth.domain.incoming import LONGEST_ID, AddressKind, Incoming, normal
from troth.inbound.hook import Received, UnreadableError
from troth.inbound.reading.storable import storable

_NUMBER = re.compile(r"[+0-9 ().-]{3,32}")
_LONGEST_NUMBER = 15  # digits, by ITU-T E.164


def received_text(
    way: str,
    provider_id: str | None,
    sender: str | None,
    text: str | None,
    kind: AddressKind = AddressKind.PHONE,
    token: str | None = None,
) -> Received:
    """Return one message; none for a picture without words, or from a name instead of a number.

    Raises UnreadableError where it is not said by whom or by which id a message came.
    """
    if provider_id is None or sender is None:
        raise UnreadableError("a message needs an id and a sender")
    if not 0 < len(provider_id) <= LONGEST_ID or not provider_id.isprintable():
        raise UnreadableError("this is no id of a message")
    address = normal(kind, sender)
    is_number = _NUMBER.fullmatch(sender) and 3 <= len(address.value) - 1 <= _LONGEST_NUMBER
    said = storable(text or "")
    if not is_number or not said.strip():
        return Received()
    return Received((Incoming(way, provider_id, address, said, token),))
