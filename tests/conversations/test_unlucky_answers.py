"""What is unlucky, odd or too late counts for what it says, and for nothing else."""

import itertools
from collections.abc import Callable

import pytest

from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.domain.states import ChannelState, OccurrenceState

PHONE = Address(AddressKind.PHONE, "+15550100")
MAIL = Address(AddressKind.MAIL, "ben@example.org")
BEN = """channels = [
    { url = "{phones}/ben/first", sensitivity = "open", address = "phone:+15550100" },
    { url = "{phones}/ben/second", address = "mail:ben@example.org" },
]"""
SHARED = """channels = [
    { url = "{phones}/%s/first", sensitivity = "open", address = "phone:+15550100" },
]"""
COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "30 21 * * *"
window = "30m"
remind = []
"""
TEA = COFFEE.replace("coffee]", "tea]").replace("30 21", "45 21").replace("30m", "2h")
Text = Callable[..., str | None]


@pytest.fixture
def text(stage: Stage) -> Text:
    """Ben's phone and mail both reach him; this writes from one of them."""
    numbers = itertools.count(1)

    def write(words: str, *, of: Address = PHONE, **more: object) -> str | None:
        number = f"message-{next(numbers)}"
        answer = stage.store.hear(Incoming("test", number, of, words, **more))  # type: ignore[arg-type]
        stage.settle_down()
        return answer.text if answer else None

    return write


def at_home(stage: Stage, rituals: str, zone: str = "Europe/Lisbon") -> None:
    stage.couple(couple_file(rituals, ben=BEN, zone=zone))
    stage.settle_down()
    stage.ben.confirms("/ben/first", "/ben/second")


def read_all(stage: Stage) -> list[str]:
    """Look at all that came; return what Ben got."""
    for actor in (stage.ana, stage.ben):
        for mark, _ in actor._unread():
            actor._seen.add(mark)
    return [heard.text for heard in stage.ben.everything()]


def states(stage: Stage) -> list[OccurrenceState]:
    return [occurrence.state for occurrence in stage.occurrences()]


@pytest.mark.parametrize("said", ["done 1", "1 done", "Done #1!", "done: 1"])
def test_a_code_after_its_time_is_about_its_own_nudge_and_no_other(
    stage: Stage, text: Text, said: str
):
    at_home(stage, COFFEE + TEA)
    stage.wind("22:05")
    read_all(stage)
    stage.ana.says("1 done")
    assert "It counts just as if it had come earlier." in str(text(said))
    assert states(stage) == [OccurrenceState.KEPT, OccurrenceState.OPEN]
    read_all(stage)


def test_a_code_after_its_time_opens_nothing(stage: Stage, text: Text):
    at_home(stage, COFFEE)
    stage.wind("22:05")
    text("done 1")
    stage.wind("2026-03-03T09:00")
    text("done 1")
    assert len(stage.occurrences()) == 1
    read_all(stage)


def test_words_that_hold_an_old_code_are_still_words(stage: Stage, text: Text):
    at_home(stage, COFFEE + EVENING.replace("30 21", "45 21"))
    stage.wind("22:05")
    assert text("1 done, and then we slept.") == "High and low of the day: your words are kept."
    assert states(stage)[0] is OccurrenceState.MISSED
    read_all(stage)


@pytest.mark.parametrize("said", ["Abmelden", "please stop", "STOPALL", "\nSTOP", "Stop. Stop."])
@pytest.mark.parametrize("has_token", [True, False])
def test_a_mail_stops_its_address_in_any_words_however_old_what_it_answers(
    stage: Stage, text: Text, said: str, has_token: bool
):
    at_home(stage, EVENING)
    stage.wind("21:30")
    token = stage.ben.expects("", on="/ben/first").body.rpartition("/r/")[2].split()[0]
    stage.wind("2026-03-19T12:00")
    assert text("done", of=MAIL, token=token) is None
    assert text(said, of=MAIL, token=token if has_token else None) is not None
    stopped = [channel.state is ChannelState.STOPPED for channel in stage.channels("ben")]
    assert stopped == [has_token, not has_token]  # the token is that of the phone's nudge
    read_all(stage)


@pytest.mark.parametrize("quoted", ["https://troth.test/r/{token}", None])
def test_what_answers_an_old_nudge_answers_nothing(stage: Stage, text: Text, quoted: str | None):
    at_home(stage, EVENING)
    stage.wind("21:30")
    token = stage.ben.expects("", on="/ben/first").body.rpartition("/r/")[2].split()[0]
    stage.wind("2026-03-20T21:31")
    said = quoted.format(token=token) if quoted else None
    before = states(stage)
    answer = text("we did it", quoted=said, token=None if quoted else token)
    assert answer == "Nothing is waiting for an answer just now."
    assert states(stage) == before
    assert "Paused until" in str(text("pause 2w", quoted=said, token=None if quoted else token))
    read_all(stage)


def test_stop_from_a_shared_telephone_silences_it_for_both_and_start_only_for_one(
    stage: Stage, text: Text
):
    stage.couple(couple_file(COFFEE, ana=SHARED % "ana", ben=SHARED % "ben"))
    stage.settle_down()
    stage.ana.confirms("/ana/first")
    stage.ben.confirms("/ben/first")
    text("STOP")
    every = [channel.state for key in ("ana", "ben") for channel in stage.channels(key)]
    assert every == [ChannelState.STOPPED, ChannelState.STOPPED]
    text("START")
    every = [channel.state for key in ("ana", "ben") for channel in stage.channels(key)]
    assert sorted(every) == [ChannelState.CONFIRMED, ChannelState.STOPPED]
    read_all(stage)


@pytest.mark.parametrize("word", ["help", "start"])
def test_a_machine_that_asks_for_ever_is_answered_no_more_than_a_dozen_times(
    stage: Stage, text: Text, word: str
):
    at_home(stage, EVENING)
    before = len(read_all(stage))
    for _ in range(20):
        text(word)
    assert len(read_all(stage)) - before == 12
    text("stop")
    assert "You will get nothing more here" in read_all(stage)[-1]


def test_smiles_use_up_no_answers(stage: Stage, text: Text):
    at_home(stage, EVENING)
    for _ in range(8):
        text("😀")
    text("qwertz")
    stage.ben.expects("Nothing is waiting", on="/ben/first")


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("pause until 9999-12-31 23:00", "Paused until 2027-03-03"),
        ("pause until 0001-01-01 00:00", "For how long?"),
        ("swap 9999-12-31 23:00", "to which day or time?"),
        ("swap 0001-01-01 00:00", "to which day or time?"),
        ("promise tea by 9999-12-31 23:59", "give it a day: promise"),
        ("promise tea by 0001-01-01", "give it a day: promise"),
        ("promise tea by 2026-03-01", "give it a day: promise"),
    ],
)
def test_the_first_and_the_last_day_there_are_break_nothing(
    stage: Stage, text: Text, zone: str, said: str, answer: str
):
    at_home(stage, TEA, zone)
    stage.wind("21:46")
    assert answer in str(text(said))
    read_all(stage)
