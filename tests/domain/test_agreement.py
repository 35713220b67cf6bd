"""What a couple has agreed on, whatever was said in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.domain.agreement import Spoken, agreed_accounts, confirmed
from troth.domain.states import Account

DONE, NO, SKIP = Account.DONE, Account.NO, Account.SKIP
ROWS = [
    ("", {}, None),
    ("ana:words", {"ana": DONE}, None),
    ("ana:words ben:done", {"ana": DONE, "ben": DONE}, 0),
    ("ana:words ben:words", {"ben": DONE}, None),
    ("ana:words ben:words ana:done", {"ana": DONE, "ben": DONE}, 1),
    ("ana:words ben:done ana:words", {"ana": DONE}, 0),
    ("ana:words ben:done ana:words ben:done", {"ana": DONE, "ben": DONE}, 2),
    ("ana:words ana:done", {"ana": DONE}, None),
    ("ana:words ben:no", {"ana": DONE, "ben": NO}, None),
    ("ana:words ben:done ana:no ana:done", {"ana": DONE, "ben": DONE}, 0),
    ("ana:words ben:done ben:no", {"ana": DONE, "ben": NO}, None),
    ("ana:words ben:no ana:words", {"ana": DONE}, None),
    ("ben:skip ana:words", {"ben": SKIP, "ana": DONE}, None),
    ("ana:done ben:done", {"ana": DONE, "ben": DONE}, None),
    ("ana:done ben:words", {"ben": DONE}, None),
]
ANSWERS = st.builds(
    Spoken, st.sampled_from(["ana", "ben"]), st.sampled_from(list(Account)), st.just(False)
) | st.builds(Spoken, st.sampled_from(["ana", "ben"]), st.just(DONE), st.just(True))


def read(said: str) -> list[Spoken]:
    pairs = (each.split(":") for each in said.split())
    return [
        Spoken(who, DONE if what == "words" else Account(what), what == "words")
        for who, what in pairs
    ]


@pytest.mark.parametrize(("said", "accounts", "wording"), ROWS)
def test_the_latest_words_hold_once_the_other_says_yes(said, accounts, wording):
    assert agreed_accounts(read(said)) == accounts
    assert confirmed(read(said)) == wording


@given(st.lists(ANSWERS, max_size=8))
def test_what_both_stand_by_is_what_was_confirmed_last(spoken):
    accounts = agreed_accounts(spoken)
    wordings = [place for place, said in enumerate(spoken) if said.is_wording]
    if wordings and set(accounts.values()) == {DONE} and len(accounts) == 2:
        assert confirmed(spoken) == wordings[-1]


@given(st.lists(ANSWERS, max_size=8))
def test_nobody_confirms_their_own_words(spoken):
    place = confirmed(spoken)
    if place is not None:
        author = spoken[place].partner
        assert any(said.partner != author and said.account is DONE for said in spoken[place + 1 :])
