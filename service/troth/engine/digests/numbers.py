"""The sections of numbers: the reader's own, and a mean of both only where both chose to share."""

from collections.abc import Callable, Iterable, Sequence
from statistics import mean

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.ratings import LEVEL, trend
from troth.domain.ritual import Ritual
from troth.engine.digests.reading import Reading
from troth.engine.digests.rituals import rituals_of_practices
from troth.engine.shown import with_unit
from troth.store import answers, past
from troth.store.answers import Answered
from troth.store.replies import Acknowledgement

MOST = 13  # numbers in a row: a quarter of weekly ones
LEVEL_SHARE = 0.05  # of a measurement's own size, within which it is the same

Value = Callable[[Acknowledgement], float | None]


def ratings(conn: Connection, reading: Reading) -> str:
    """The reader's own ratings and where they go; the couple's mean where both shared."""
    return "\n".join(_told(conn, reading, _rating, lambda _: LEVEL))


def numbers(conn: Connection, reading: Reading) -> str:
    """The reader's own measurements and where they go."""
    return "\n".join(_told(conn, reading, _number, lambda row: LEVEL_SHARE * abs(mean(row))))


def _told(
    conn: Connection,
    reading: Reading,
    value: Value,
    level: Callable[[Sequence[float]], float],
) -> Iterable[str]:
    since = past.due_before(conn, reading.occurrence_id)
    for ritual_id, ritual in rituals_of_practices(conn, reading, reading.ritual.of).items():
        heard = answers.answered(conn, reading.couple.id, [ritual_id], since, reading.now)
        own = _own(heard, reading.reader.key, value)
        if own:
            yield _line(reading, ritual, own, level(own))
            yield from _common(reading, heard, value)


def _line(reading: Reading, ritual: Ritual, own: Sequence[float], level: float) -> str:
    language = reading.language
    *before, newest = [with_unit(number, None) for number in own[-MOST:]]
    row = ", ".join([*before, with_unit(float(newest), ritual.unit)])
    told = language.say("own_numbers", title=ritual.title, numbers=row)
    way = trend(own, level)
    return f"{told} {language.say(f'trend_{way}')}" if way else told


def _common(reading: Reading, heard: Sequence[Answered], value: Value) -> Iterable[str]:
    shared = [word for each in heard if each.are_numbers_shared for word in each.said.values()]
    common = [number for word in shared if (number := value(word)) is not None]
    if common:
        yield reading.language.say("both_mean", mean=with_unit(round(mean(common), 1), None))


def _own(heard: Sequence[Answered], key: str, value: Value) -> list[float]:
    mine = [each.said[key] for each in heard if key in each.said]
    return [number for word in mine if (number := value(word)) is not None]


def _rating(word: Acknowledgement) -> float | None:
    return None if word.verb is not Verb.RATING or word.rating is None else float(word.rating)


def _number(word: Acknowledgement) -> float | None:
    return word.number if word.verb is Verb.NUMBER else None
