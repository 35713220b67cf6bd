"""The sections of words: what was written since the last review, and at that review itself."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.showing import are_reviewed
from troth.engine.digests.reading import Reading
from troth.engine.digests.rituals import rituals_of_practices
from troth.engine.shown import Word, words_of, words_shown
from troth.store import answers, occurrences, past
from troth.store.answers import Answered


def words(conn: Connection, reading: Reading) -> str:
    """What both wrote for the practices that this review reads, since it was last held."""
    titles = rituals_of_practices(conn, reading, reading.ritual.of)
    since = past.due_before(conn, reading.occurrence_id)
    until = _due(conn, reading)
    heard = answers.answered(conn, reading.couple.id, titles, since, until)
    lines = [
        f"{reading.day(each.due_at)}, {word.name}: {word.text}"
        for each in heard
        for word in _readable(reading, each)
        if _is_of_this_time(each.since[word.key], since, until)
    ]
    return "\n".join([reading.language.say("section_words"), *lines]) if lines else ""


def last(conn: Connection, reading: Reading) -> str:
    """What both answered when this review was last written at, as far as the reader may see it."""
    for earlier in reversed(_earlier(conn, reading)):
        lines = [f"{word.name}: {word.text}" for word in _seen_by_reader(reading, earlier)]
        if lines:
            day = reading.day(earlier.due_at)
            return "\n".join([reading.language.say("section_last", day=day), *lines])
    return ""


def _readable(reading: Reading, about: Answered) -> Iterable[Word]:
    stamp = about.stamp
    if not are_reviewed(stamp.visibility, stamp.due, about.wrote):
        return ()
    return words_of(reading.vault, reading.couple, about)


def _seen_by_reader(reading: Reading, about: Answered) -> Iterable[Word]:
    """Both answers where they were shown to both; else one's own."""
    shown = words_shown(reading.vault, reading.couple, about)
    own = words_of(reading.vault, reading.couple, about)
    return shown or [word for word in own if word.key == reading.reader.key]


def _earlier(conn: Connection, reading: Reading) -> list[Answered]:
    this = occurrences.load_occurrences(conn, [reading.occurrence_id])[reading.occurrence_id]
    heard = answers.answered(conn, reading.couple.id, [this.ritual_id])
    return [each for each in heard if each.due_at < this.due_at]


def _due(conn: Connection, reading: Reading) -> datetime:
    """Return until when this review reads: its own moment. What comes later, the next one reads."""
    this = occurrences.load_occurrences(conn, [reading.occurrence_id])
    return this[reading.occurrence_id].due_at


def _is_of_this_time(moment: datetime, since: datetime | None, until: datetime) -> bool:
    return moment <= until and (since is None or moment > since)
