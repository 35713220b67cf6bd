"""Taking an answer back: the one that is named, or the one that a tap was; never another."""

import itertools
from collections.abc import Callable

import pytest

from tests.support.phones import Heard
from tests.support.stage import Stage, couple_file
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.domain.states import Account
from troth.store import replies

BEN = """channels = [
    { url = "{phones}/ben/first", sensitivity = "open", address = "phone:+15550100" },
]"""
COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "30 21 * * *"
window = "4h"
rule = "either"
"""
TEA = COFFEE.replace("coffee]", "tea]").replace("Coffee", "Tea") + 'title = "Tea together"\n'
NOTHING = "There is nothing of the last ten minutes to take back."
Send = Callable[..., str | None]


@pytest.fixture
def send(stage: Stage) -> Send:
    """Ben's phone reaches him; this is what comes from it."""
    stage.couple(couple_file(COFFEE + TEA, ben=BEN))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    numbers = itertools.count(1)

    def send(text: str, *, again: str = "", **more: object) -> str | None:
        number = again or f"message-{next(numbers)}"
        phone = Address(AddressKind.PHONE, "+15550100")
        answer = stage.store.hear(Incoming("test", number, phone, text, **more))  # type: ignore[arg-type]
        stage.settle_down()
        for _ in stage.ben._unread():
            stage.ben.expects("")
        return answer.text if answer else None

    return send


def asked(stage: Stage) -> dict[str, Heard]:
    """What Ben is asked at half past nine, by the ritual's name."""
    stage.wind("21:30")
    for _ in range(2):
        stage.ana.expects("")
    heard = [stage.ben.expects("", on="/ben/first") for _ in range(2)]
    return {each.title.split()[0]: each for each in heard}


def codes(stage: Stage) -> dict[str, int]:
    """Ben's codes, by the ritual's name."""
    asked = stage.ben.says("done")
    named = [choice.split() for choice in asked.partition("Which one? ")[2].split(",")]
    return {words[1]: int(words[0]) for words in named}


def bens(stage: Stage) -> list[Account | None]:
    """What Ben has said, first of the coffee and then of the tea."""
    with stage.store.db.reading() as conn:
        said = [replies.acknowledgements(conn, one.id).get("ben") for one in stage.occurrences()]
    return [each.account if each else None for each in said]


@pytest.mark.parametrize("words", ["undo {}", "{} undo", "undo #{}", "Oops, {}!"])
def test_undo_with_a_code_takes_back_the_answer_to_that(stage: Stage, send: Send, words: str):
    asked(stage)
    code = codes(stage)
    send(f"{code['Coffee']} done")
    send(f"{code['Tea']} done")
    assert bens(stage) == [Account.DONE, Account.DONE]
    assert send(words.format(code["Coffee"])) == (
        "Coffee together: taken back. Answer again whenever you like."
    )
    assert bens(stage) == [None, Account.DONE]


def test_undo_with_a_code_takes_nothing_else_back(stage: Stage, send: Send):
    asked(stage)
    code = codes(stage)
    send(f"{code['Coffee']} done")
    stage.wind(minutes=11)
    send(f"{code['Tea']} done")
    for number in (code["Coffee"], 99, 999_999):
        assert send(f"undo {number}") == NOTHING
    assert bens(stage) == [Account.DONE, Account.DONE]


def test_a_tap_that_is_removed_takes_back_what_it_had_answered(stage: Stage, send: Send):
    heard = asked(stage)
    send(f"Liked “{heard['Coffee'].body}”")
    send(f"Liked “{heard['Tea'].body}”")
    assert bens(stage) == [Account.DONE, Account.DONE]
    said = send(f"Removed a like from “{heard['Coffee'].body}”")
    assert said == "Coffee together: taken back. Answer again whenever you like."
    assert bens(stage) == [None, Account.DONE]


def test_a_tap_that_is_removed_takes_back_no_words(stage: Stage, send: Send):
    heard = asked(stage)
    coffee = heard["Coffee"].body
    send("We did", quoted=coffee)
    assert send(f"Removed a like from “{coffee}”") == ""
    assert bens(stage) == [Account.DONE, None]
    send(f"Liked “{coffee}”")
    send("No", quoted=coffee)
    assert send(f"Removed a like from “{coffee}”") == ""
    assert bens(stage) == [Account.NO, None]


def test_a_tap_that_has_changed_before_it_goes_leaves_nothing(stage: Stage, send: Send):
    coffee = asked(stage)["Coffee"].body
    send(f"Liked “{coffee}”")
    send(f"Disliked “{coffee}”")
    send(f"Removed a dislike from “{coffee}”")
    assert bens(stage) == [None, None]


def test_a_tap_with_a_name_of_its_own_is_taken_back_by_it(stage: Stage, send: Send):
    heard = asked(stage)
    send("👍", quoted=heard["Coffee"].body, tap="7")
    send("👍", quoted=heard["Tea"].body, tap="8")
    assert send("", tap="9", is_taken_away=True) == ""
    assert bens(stage) == [Account.DONE, Account.DONE]
    assert "Coffee together: taken back" in str(send("", tap="7", is_taken_away=True))
    assert bens(stage) == [None, Account.DONE]


def test_the_same_tap_of_another_way_is_another_tap(stage: Stage, send: Send):
    coffee = asked(stage)["Coffee"].body
    send("👍", quoted=coffee, tap="7")
    phone = Address(AddressKind.PHONE, "+15550100")
    stage.store.hear(Incoming("other", "1", phone, "", tap="7", is_taken_away=True))
    assert bens(stage) == [Account.DONE, None]


def test_a_tap_is_taken_back_within_ten_minutes(stage: Stage, send: Send):
    coffee = asked(stage)["Coffee"].body
    send("👍", quoted=coffee, tap="7")
    stage.wind(minutes=11)
    assert send("", tap="7", is_taken_away=True) == ""
    assert bens(stage) == [Account.DONE, None]
