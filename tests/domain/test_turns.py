"""Whose turn it is, and decks that show every card before any card again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.moments import utc
from troth.domain.turns import ALTERNATE, draw_card, lead_of

PARTNERS = ("ana", "ben")
START = utc("2026-01-01T20:00")
decks = st.lists(st.text(max_size=4), min_size=1, max_size=12, unique=True)


def dealt(
    deck: Sequence[str], count: int, seed: str = "couple", *, in_order: bool = False
) -> list[str]:
    """Return the first `count` cards, one a day."""
    last_shown: dict[str, datetime] = {}
    cards: list[str] = []
    for day in range(count):
        card = draw_card(deck, last_shown, seed, in_order=in_order)
        assert card is not None
        last_shown[card] = START + timedelta(days=day)
        cards.append(card)
    return cards


def test_turns_alternate_by_kept_occurrence():
    assert [lead_of(PARTNERS, ALTERNATE, kept) for kept in range(4)] == ["ana", "ben", "ana", "ben"]


def test_a_skipped_week_robs_nobody_of_their_turn():
    led, kept = [], 0
    for week in ["kept", "skipped", "kept", "missed", "kept"]:
        led.append(lead_of(PARTNERS, ALTERNATE, kept))
        kept += week == "kept"
    assert led == ["ana", "ben", "ben", "ana", "ana"]


def test_a_named_lead_leads_always_and_without_one_nobody_does():
    assert {lead_of(PARTNERS, "ben", kept) for kept in range(4)} == {"ben"}
    assert {lead_of(PARTNERS, None, kept) for kept in range(4)} == {None}


@given(decks, st.text(), st.booleans())
def test_no_card_comes_again_until_the_deck_is_through(deck, seed, in_order):
    size = len(deck)
    cards = dealt(deck, 3 * size, seed, in_order=in_order)
    for start in range(2 * size + 1):
        assert sorted(cards[start : start + size]) == sorted(deck)


@given(decks)
def test_a_progressive_deck_goes_in_order_round_after_round(deck):
    assert dealt(deck, 2 * len(deck), in_order=True) == deck * 2


@given(decks, st.text(max_size=3), st.data())
def test_an_added_card_comes_next(deck, card, data):
    if card in deck:
        return
    last_shown = {old: START + timedelta(days=day) for day, old in enumerate(deck)}
    place = data.draw(st.integers(0, len(deck)))
    longer = [*deck[:place], card, *deck[place:]]
    for in_order in (False, True):
        assert draw_card(longer, last_shown, "couple", in_order=in_order) == card


def test_a_removed_card_is_not_drawn_and_its_memory_does_no_harm():
    assert draw_card(["b"], {"a": START, "b": START}, "couple", in_order=False) == "b"


def test_every_couple_has_an_order_of_its_own_that_does_not_change():
    deck = [f"question {number}" for number in range(20)]
    assert dealt(deck, 20, "ana & ben") == dealt(deck, 20, "ana & ben")
    assert dealt(deck, 20, "ana & ben") != dealt(deck, 20, "eve & joe")
    assert dealt(deck, 20, "ana & ben") != deck


def test_an_empty_deck_has_no_card():
    assert draw_card([], {}, "couple", in_order=True) is None
