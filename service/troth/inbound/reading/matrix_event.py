"""Reading one event of a Matrix room."""

from collections.abc import Callable

from troth.domain.incoming import AddressKind, Incoming
from troth.inbound.reading.chat_message import chat_message, untapped
from troth.inbound.reading.json_value import at, id_at, words_at
from troth.inbound.reading.quotation import split_quote

WAY = "matrix"
MESSAGE, REACTION, ENCRYPTED = "m.room.message", "m.reaction", "m.room.encrypted"
REDACTION = "m.room.redaction"

Related = Callable[[str], object]
"""Looks up an event of the same room by its id; None where it is not to be had."""


def read_event(room: str, event: object, own: str, related: Related) -> Incoming | None:
    """Return the message or reaction that an event is, or the taking away of one's own reaction.

    None for all else: our own, notices (which programs send and none may answer), edits, what was
    redacted, and what answers a message of somebody else. Raises only what `related` raises.
    """
    event_id, content = id_at(event, "event_id"), at(event, "content")
    if event_id is None or not id_at(event, "sender") or at(event, "sender") == own:
        return None
    if at(content, "m.relates_to", "rel_type") == "m.replace":
        return None
    if at(event, "type") == REDACTION:
        return _redaction(room, event, event_id, related)
    fallback, text = _said(at(event, "type"), content)
    if not text:
        return None
    quoted: str | None = None
    about = _about(content)
    if about is not None:
        original = related(about)
        if original is not None and at(original, "sender") != own:
            return None
        quoted = words_at(original, "content", "body") or fallback
    tap = event_id if at(event, "type") == REACTION else None
    return chat_message(AddressKind.MATRIX, event_id, room, text, quoted=quoted, tap=tap)


def _redaction(room: str, event: object, event_id: str, related: Related) -> Incoming | None:
    """Read who takes back their own reaction; a moderator who tidies up takes no answer back.

    What is redacted is named beside the content, from room version 11 on within it.
    """
    about = id_at(event, "redacts") or id_at(event, "content", "redacts")
    original = related(about) if about is not None else None
    is_own = at(original, "sender") == at(event, "sender")
    if at(original, "type") != REACTION or not is_own:
        return None
    return untapped(AddressKind.MATRIX, event_id, room, about)


def _said(kind: object, content: object) -> tuple[str | None, str | None]:
    """Return (what is quoted in the text itself, the text)."""
    if kind == REACTION:
        return None, words_at(content, "m.relates_to", "key")
    body = words_at(content, "body")
    if kind != MESSAGE or at(content, "msgtype") != "m.text" or body is None:
        return None, None
    if at(content, "m.relates_to", "m.in_reply_to") is None:
        return None, body
    return split_quote(body)


def _about(content: object) -> str | None:
    """Return the event that this one reacts to, replies to, or stands in the thread of."""
    relation = at(content, "m.relates_to")
    is_thread = at(relation, "rel_type") == "m.thread"
    replied = id_at(relation, "m.in_reply_to", "event_id")
    if is_thread and (replied is None or at(relation, "is_falling_back") is True):
        return id_at(relation, "event_id")
    return replied or id_at(relation, "event_id")
