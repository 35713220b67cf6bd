"""What conversations by text message and by mail have in common: Ben, and who writes as him."""

import itertools
from collections.abc import Callable

from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.incoming import Address, AddressKind, Incoming

PHONE = Address(AddressKind.PHONE, "+15550100")
MAIL = Address(AddressKind.MAIL, "ben@example.org")
BEN = """channels = [
    { url = "{phones}/ben/first", sensitivity = "open", address = "phone:+1 555 0100" },
    { url = "{phones}/ben/second", address = "mail:Ben@Example.org" },
]"""
COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "30 21 * * *"
window = "4h"
"""
Text = Callable[..., str | None]


def texts_of_ben(stage: Stage) -> Text:
    """Let Ben's phone and mail both reach him; return what writes from one of them."""
    stage.couple(couple_file(EVENING, ben=BEN))
    stage.settle_down()
    stage.ben.confirms("/ben/first", "/ben/second")
    numbers = itertools.count(1)

    def write(words: str, *, of: Address = PHONE, again: str = "", **more: object) -> str | None:
        number = again or f"message-{next(numbers)}"
        answer = stage.store.hear(Incoming("test", number, of, words, **more))  # type: ignore[arg-type]
        stage.settle_down()
        return answer.text if answer else None

    return write


def evening(stage: Stage) -> None:
    """Both are asked for the high and low of their day, and have read it."""
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day", on="/ben/first")
