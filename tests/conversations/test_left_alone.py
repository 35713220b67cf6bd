"""Who has stopped, or is served no more: heard where it is right, and told nothing."""

import itertools
from collections.abc import Callable

import pytest

from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.domain.states import ChannelState

MAIL = Address(AddressKind.MAIL, "ben@lab.test")
PHONE = Address(AddressKind.PHONE, "+15550100")
BEN = """channels = [
    { url = "{phones}/ben/mail", sensitivity = "open", address = "mail:ben@lab.test" },
    { url = "{phones}/ben/phone", sensitivity = "open", address = "phone:+15550100" },
]"""
DAY = "High and low of the day"
Write = Callable[..., str | None]


@pytest.fixture
def write(stage: Stage) -> Write:
    """Ben has a mail address and a phone; this writes from one of them."""
    stage.couple(couple_file(EVENING, ben=BEN))
    stage.settle_down()
    stage.ben.confirms("/ben/mail", "/ben/phone")
    numbers = itertools.count(1)

    def hand_in(words: str, *, of: Address = MAIL, token: str | None = None) -> str | None:
        number = f"message-{next(numbers)}"
        answer = stage.store.hear(Incoming("test", number, of, words, token))
        stage.settle_down()
        return answer.text if answer else None

    return hand_in


def asked(stage: Stage) -> str:
    """Let the evening come; return the token of what Ben was asked by mail."""
    stage.wind("21:30")
    stage.ana.expects(DAY)
    return stage.token_behind(stage.ben.expects(DAY, on="/ben/mail"))


def states(stage: Stage) -> list[ChannelState]:
    return [channel.state for channel in stage.channels("ben")]


@pytest.mark.parametrize("words", ["STOP", "Unsubscribe.", "stop writing to me", "Done. STOP"])
def test_stop_by_its_token_is_heard_of_a_couple_that_takes_part_no_more(
    stage: Stage, write: Write, words: str
):
    token = asked(stage)
    stage.retire()
    assert write(words, token=token) is not None
    stage.ben.expects("You will get nothing more here", on="/ben/mail")
    assert states(stage) == [ChannelState.STOPPED, ChannelState.CONFIRMED]
    stage.couple(couple_file(EVENING, ben=BEN))
    stage.wind("21:30")
    stage.ana.expects(DAY)
    stage.ben.expects(DAY, on="/ben/phone")


def test_nothing_but_stop_is_heard_of_a_couple_that_takes_part_no_more(stage: Stage, write: Write):
    token = asked(stage)
    stage.retire()
    before = stage.events()
    for words in ("A walk.", "done", "help", "START", "yes", "undo", "score", "resume", ""):
        assert write(words, token=token) is None
        assert write(words, of=PHONE) is None
    assert stage.events() == before
    stage.ben.expects_nothing()


def test_an_answer_by_a_stopped_channel_counts_and_nothing_is_said_back(stage: Stage, write: Write):
    token = asked(stage)
    stage.ana.says("A day.")
    write("STOP", token=token)
    stage.ben.expects("You will get nothing more here", on="/ben/mail")
    write("A walk.", token=token)
    assert stage.words_of("ben") == ["A walk."]
    assert stage.outcomes() == ["kept"]
    assert states(stage) == [ChannelState.STOPPED, ChannelState.CONFIRMED]
    stage.ben.expects_nothing()
