"""Messages from chats: the address is the place that is written in, for there we write, too."""

from troth.domain.incoming import AddressKind, Incoming, normal


def chat_message(
    kind: AddressKind,
    provider_id: str | None,
    place: str | None,
    text: str | None,
    token: str | None = None,
    quoted: str | None = None,
    tap: str | None = None,
) -> Incoming | None:
    """Return one message; None without an id, a place or words. Its way is named as its kind is."""
    if provider_id is None or place is None or not text:
        return None
    address = normal(kind, place)
    return Incoming(str(kind), provider_id, address, text, token=token, quoted=quoted, tap=tap)


def untapped(
    kind: AddressKind, provider_id: str | None, place: str | None, tap: str | None
) -> Incoming | None:
    """Return the taking away of a tap; None where it is not said of which."""
    if provider_id is None or place is None or not tap:
        return None
    address = normal(kind, place)
    return Incoming(str(kind), provider_id, address, "", tap=tap, is_taken_away=True)
