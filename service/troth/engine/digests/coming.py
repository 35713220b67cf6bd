"""The section of what is coming: seven days of the couple's rituals on the reader's clock."""

from datetime import timedelta

from sqlalchemy import Connection

from troth.domain.language import UNNAMED
from troth.engine.digests.reading import Reading
from troth.engine.foresight import foreseen

AHEAD = timedelta(days=7)


def coming(conn: Connection, reading: Reading) -> str:
    """Return a line a day: what comes, and when; an intimate ritual is named on a page only."""
    days: dict[str, list[str]] = {}
    until = reading.now + AHEAD
    for moment in foreseen(conn, reading.couple, reading.reader, reading.now, until):
        if moment.practice == reading.ritual.practice:
            continue  # this review itself
        title = moment.title if reading.may_show(moment.ritual) else UNNAMED
        at = moment.at.astimezone(reading.reader.zone)
        days.setdefault(reading.day(moment.at), []).append(f"{at:%H:%M} {title}")
    lines = [f"{day}: {', '.join(told)}" for day, told in days.items()]
    return "\n".join([reading.language.say("section_coming"), *lines]) if lines else ""
