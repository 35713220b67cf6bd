"""Whose turn it is, and which card of a deck comes next."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

ALTERNATE = "alternate"


def lead_of(partners: Sequence[str], lead: str | None, kept: int) -> str | None:
    """Return the partner who leads: by name, or in turn.

    Turns move with each *kept* occurrence, so that a skipped week robs nobody of theirs.
    """
    return partners[kept % len(partners)] if lead == ALTERNATE else lead


def draw_card(
    deck: Sequence[str], last_shown: Mapping[str, datetime], seed: str, *, in_order: bool
) -> str | None:
    """Return the next card: one never shown, or else the one not seen for the longest time.

    So no card comes again until the deck is through, and a card added later gets its turn.
    Unshown cards come in the deck's order (progressive) or in an order of the couple's own.
    """
    unshown = [card for card in deck if card not in last_shown]
    if not unshown:
        return min(deck, key=lambda card: last_shown[card], default=None)
    return unshown[0 if in_order else _lot(seed, len(unshown))]


def _lot(seed: str, count: int) -> int:
    """Return a number below `count`, always the same one for a seed."""
    drawn = hashlib.sha256(f"{seed}\0{count}".encode()).digest()
    return int.from_bytes(drawn[:8]) % count
