"""Secrets are planted, everything that can go wrong goes wrong, and nothing of them is found."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.support.phones import HANG_UP
from tests.support.ports import free_port
from tests.support.stage import EVENING, Stage, couple_file
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome
from troth.logs import set_up_logs
from troth.store import couples

WORDS = "canary-in-words"
PATH, USER, PASSWORD, HEADER = "canary-in-path", "canary-user", "canary-password", "canary-header"
CANARIES = (WORDS, PATH, USER, PASSWORD, HEADER)


@pytest.fixture
def logs_of(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], Callable[[], str]]]:
    """Sets our logging up at its finest, in one form; returns what reads all that was logged."""
    root = logging.getLogger()
    kept = (root.handlers, root.level)

    def set_up(form: str) -> Callable[[], str]:
        set_up_logs(form, "debug")
        return lambda: "".join(capsys.readouterr())

    yield set_up
    root.handlers, root.level = kept
    logging.getLogger("troth").setLevel(logging.NOTSET)


@dataclass
class Raising(Courier):
    """A courier with a fault in it."""

    real: Courier

    def send(self, message: Message) -> Outcome:
        outcome = self.real.send(message)
        raise RuntimeError(f"a fault after {type(outcome).__name__}")


def phone(url: str, name: str) -> str:
    plain = url.removeprefix("json://")
    address = f"json://{USER}:{PASSWORD}@{plain}/ben/{name}?+X-Key={HEADER}"
    return f'{{ url = "{address}", sensitivity = "open" }}'


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_is_logged_or_kept_however_a_channel_fails(
    stage: Stage, logs_of: Callable[[str], Callable[[], str]], form: str
):
    logged = logs_of(form)
    nobody = f"json://127.0.0.1:{free_port()}"
    ways = [phone(stage.phones.url, PATH), phone(nobody, PATH)]
    stage.couple(couple_file(EVENING, ben=f"channels = [{', '.join(ways)}]"))
    stage.settle_down()
    on = f"/ben/{PATH}"
    stage.ben.confirms(on)
    for status in (403, 500, HANG_UP):
        stage.phones.answers[on] = status
        stage.wind("21:30")
        stage.ana.expects("High and low of the day")
        stage.ana.says(f"{WORDS} and more")
        stage.wind("12:00")
    stage.wrap = Raising
    stage.restart()
    stage.sleep("21:30")
    stage.ring_and_die(stage.claim())
    stage.ana.expects("High and low of the day")
    text = logged()
    assert "nudge.ended" in text
    assert "RuntimeError" in text
    for canary in CANARIES:
        assert canary not in text
        assert canary not in stage.dump()
        for file in stage.folder.parent.rglob("*.db*"):
            assert canary.encode() not in file.read_bytes()


def test_no_secret_is_in_the_error_of_a_statement_that_fails(stage: Stage):
    stage.couple(couple_file(EVENING))
    words = {"name": WORDS, "timezone": None, "day_starts": "", "language": "", "source": ""}
    with (
        pytest.raises(Exception, match=r"(?i)not.null") as caught,
        stage.store.db.writing() as conn,
    ):
        couples.save_couple(conn, words)
    assert "parameters hidden" in str(caught.value)
