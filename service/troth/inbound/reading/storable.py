"""Text as the store can keep it."""

from troth.domain.visible import LONGEST_TEXT


def storable(text: str) -> str:
    """Return text as every database takes it: no halves of characters, no zeros, no novel.

    Nothing beyond its first 4,096 characters is looked at when a reply is read.
    """
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode().replace("\0", "")
