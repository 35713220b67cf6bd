"""What a message says of itself beside its text: whatever it is, it is kept or means nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.stage import EVENING, Stage, couple_file, on_stage
from troth.domain.incoming import Address, AddressKind, Incoming, keepable
from troth.domain.states import ChannelState

NAME = "ben"
HOME = Address(AddressKind.IRC, NAME)
BEN = 'channels = [{ url = "{phones}/ben/chat", sensitivity = "open", address = "irc:ben" }]'
NO_STORE_TAKES = ("\x00", "\ud800", "\udfff", "\udc80\ud800")
pieces = st.sampled_from([*NO_STORE_TAKES, NAME, "a" * 32, "x" * 200, "STOP", "done", "“", "/r/"])
hostile = st.lists(pieces | st.text(max_size=4), max_size=6).map("".join)
addresses = st.just(HOME) | st.builds(Address, st.sampled_from(AddressKind), hostile)
tokens = quotes = st.none() | hostile


@pytest.fixture
def stage(store_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A couple of whom Ben is known to a chat by his name, and was asked there."""
    folder = tmp_path / "stage"
    folder.mkdir()
    with on_stage(store_url, folder) as stage:
        stage.couple(couple_file(EVENING, ben=BEN))
        stage.settle_down()
        stage.ben.confirms("/ben/chat")
        yield stage


def test_no_field_of_a_message_makes_the_door_stumble(stage: Stage):
    @settings(max_examples=150, deadline=None)
    @given(hostile, addresses, hostile, tokens, quotes, st.booleans(), st.booleans())
    def hear(provider_id, address, text, token, quoted, is_automatic, is_bounce):
        flags = {"is_automatic": is_automatic, "is_bounce": is_bounce}
        stage.store.hear(Incoming("chat", provider_id, address, text, token, quoted, **flags))

    hear()
    assert [each.state for each in stage.channels("ben")] != [ChannelState.FAILING]


@pytest.mark.parametrize("hidden", NO_STORE_TAKES)
def test_messages_whose_ids_differ_only_in_what_no_store_takes_are_two(stage: Stage, hidden: str):
    ids = (f"message-{hidden}", "message-", f"message-{hidden}{hidden}", "message-\udbff")
    heard = [stage.store.hear(Incoming("chat", each, HOME, "score")) for each in ids]
    assert [answer.is_new for answer in heard if answer] == [True] * len(ids)
    again = stage.store.hear(Incoming("chat", ids[0], HOME, "score"))
    assert again is not None
    assert not again.is_new


@pytest.mark.parametrize("hidden", NO_STORE_TAKES)
def test_nobody_is_taken_for_another_by_what_no_store_takes(stage: Stage, hidden: str):
    for name in (f"{NAME}{hidden}", f"{hidden}{NAME}", f"b{hidden}en"):
        stranger = Address(AddressKind.IRC, name)
        assert stage.store.hear(Incoming("chat", "m-1", stranger, "score")) is None


@given(hostile, addresses, hostile, tokens, quotes)
def test_what_is_keepable_stays_as_it_is(provider_id, address, text, token, quoted):
    kept = keepable(Incoming("chat", provider_id, address, text, token, quoted))
    assert keepable(kept) == kept
    fields = (kept.provider_id, kept.address.value, kept.token or "", kept.quoted or "")
    assert "\x00" not in "".join(fields)
    "".join(fields).encode()
    assert len(kept.provider_id) <= 200
    assert kept.text == text
