"""Whose turn it is, and which card of a deck comes next."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

ALTERNATE = "alternate"
_NEVER = datetime.min.replace(tzinfo=UTC)


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

    def rank(place: int) -> tuple[datetime, str | int]:
        card = deck[place]
        return last_shown.get(card, _NEVER), place if in_order else _shuffled(card, seed)

    place = min(range(len(deck)), key=rank, default=None)
    return None if place is None else deck[place]


def _shuffled(card: str, seed: str) -> str:
    return hashlib.sha256(f"{seed}\0{card}".encode()).hexdigest()
