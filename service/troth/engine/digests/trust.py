"""The sections of trust: thanks as they came, and promises without a word on whose they were."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.states import OccurrenceState
from troth.engine.digests.reading import Reading
from troth.store import occasions, past, promises, trust
from troth.store.records import Occurrence

LOOK_BACK = timedelta(days=31)  # where there was no review of this kind before


def thanks(conn: Connection, reading: Reading) -> str:
    """Both partners' thanks since the review before this one, each with its name and day."""
    names = {partner.key: partner.name for partner in reading.couple.partners}
    language = reading.language
    lines = [
        language.say(
            "thanks_line",
            name=names[left.partner],
            day=reading.day(left.received_at),
            words=reading.vault.open(left.words_sealed),
        )
        for left in trust.left_since(conn, reading.couple.id, Verb.THANKS, _since(conn, reading))
    ]
    return _section(language.say("thanks_section"), lines)


def promised(conn: Connection, reading: Reading) -> str:
    """Promises that are open, and those that settled since the review before this one.

    A promise that has not come about is open still, whatever was said of it. One that was renewed
    in the same words stands once: as it stands now.
    """
    lines: dict[str, str] = {}
    for words, line in (
        *_without_a_day(conn, reading),
        *_settled(conn, reading),
        *_coming(conn, reading),
    ):
        lines.pop(words.casefold(), None)
        lines[words.casefold()] = line
    return _section(reading.language.say("promises_section"), lines.values())


def _without_a_day(conn: Connection, reading: Reading) -> Iterable[tuple[str, str]]:
    dated = promises.with_a_day(conn, reading.couple.id)
    since = _since(conn, reading)
    for left in trust.left_since(conn, reading.couple.id, Verb.PROMISE, since):
        if left.id not in dated:
            words = reading.vault.open(left.words_sealed)
            yield words, reading.language.say("promise_still_open", words=words)


def _settled(conn: Connection, reading: Reading) -> Iterable[tuple[str, str]]:
    found = promises.lately(conn, reading.couple.id, _since(conn, reading))
    made = {int(one.stamp.promise or 0) for one in found}
    gone = trust.taken_back(conn, made)
    for one in found:
        if one.topic_sealed and int(one.stamp.promise or 0) not in gone:
            words = reading.vault.open(one.topic_sealed)
            yield words, _told(reading, one, words)


def _told(reading: Reading, one: Occurrence, words: str) -> str:
    if one.is_open:
        return _open_until(reading, words, max(one.stamp.due.values()))
    message = "promise_kept" if one.state is OccurrenceState.KEPT else "promise_still_open"
    return reading.language.say(message, words=words)


def _coming(conn: Connection, reading: Reading) -> Iterable[tuple[str, str]]:
    """Yield what is promised and was not born yet; a promise has an occasion or two."""
    for occasion in occasions.coming_occasions(conn, reading.couple.id, [promises.PROMISES]):
        if "promise" not in occasion.about or "by" not in occasion.about:
            continue  # a damaged row
        born = promises.occurrence_of(conn, reading.couple.id, occasion.about["promise"])
        if born is None and occasion.topic_sealed:
            words = reading.vault.open(occasion.topic_sealed)
            by = datetime.fromisoformat(occasion.about["by"])
            yield words, _open_until(reading, words, by)


def _open_until(reading: Reading, words: str, moment: datetime) -> str:
    return reading.language.say("promise_open", words=words, day=reading.day(moment))


def _since(conn: Connection, reading: Reading) -> datetime:
    """Return when the review before this one was due, aware UTC."""
    before = past.due_before(conn, reading.occurrence_id)
    return before or reading.now - LOOK_BACK


def _section(heading: str, lines: Iterable[str]) -> str:
    told = list(lines)
    return "\n".join([heading, *told]) if told else ""
