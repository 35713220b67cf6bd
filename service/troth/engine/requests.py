"""What partners ask for, or leave with us, beside their answers; each is said back once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.language import UNNAMED
from troth.domain.score import BUILDING
from troth.domain.slots import instant
from troth.domain.states import Origin, Sensitivity
from troth.domain.when import resolve
from troth.engine.following import follow_back
from troth.engine.mechanisms import promise
from troth.engine.mechanisms.beginning import suggest
from troth.engine.mechanisms.seasons import season
from troth.engine.recall import recall
from troth.engine.retuning import wake_all
from troth.engine.settle import settle_occurrence
from troth.engine.standing import couple_standing
from troth.engine.unsaid import unsay
from troth.engine.visit import Visit, named, title_of
from troth.store import codes, couples, nudges, occurrences, replies, rituals
from troth.store.records import Occurrence, ritual_if_sound

UNDO = timedelta(minutes=10)
QUIET = timedelta(weeks=1)
FARTHEST_SWAP = timedelta(weeks=1)
LONGEST_PAUSE = timedelta(days=366)
MORNING = time(4)  # a pause until Monday is over when Monday begins


def undo(conn: Connection, visit: Visit) -> str:
    """Take back the partner's last answer, thanks or promise, if it is of the last ten minutes.

    A link or a code says to what it was; a tap that is taken away takes back what it had answered,
    and where that is nothing, or does not hold any more, nobody waits to hear of it.
    """
    unsaid = unsay(conn, visit, UNDO)
    if unsaid is not None:
        return unsaid
    is_tap = visit.said.is_reaction
    taken = _untap(conn, visit) if is_tap else _take_back(conn, visit)
    if taken is None:
        return "" if is_tap else visit.language.say("nothing_to_undo")
    settle_occurrence(conn, taken, visit.now)
    found = occurrences.load_occurrences(conn, [taken])[taken]
    if is_tap and visit.partner.key in replies.acknowledgements(conn, taken):
        follow_back(conn, visit, found)
        return ""  # they have said it in other ways, too
    if found.is_open:  # what the answer took back may be wanted now: each is looked at when it goes
        nudges.plan_anew(conn, taken, visit.now)
    follow_back(conn, visit, found)
    return visit.language.say("undone", title=title_of(conn, visit, found))


def _untap(conn: Connection, visit: Visit) -> int | None:
    if visit.tap is None:
        return None
    return replies.take_back_tap(conn, visit.reply, visit.tap, visit.now - UNDO)


def _take_back(conn: Connection, visit: Visit) -> int | None:
    nudge = nudges.load_nudge(conn, visit.reply.nudge_id) if visit.reply.nudge_id else None
    about = nudge.occurrence_id if nudge else None
    if about is None and visit.said.code is not None:
        about = codes.coded(conn, visit.partner.id, visit.said.code)
        if about is None:
            return None
    return replies.take_back(conn, visit.partner.id, visit.now - UNDO, about)


def why(conn: Connection, visit: Visit) -> str:
    """Say why the last nudge came: which ritual of theirs, or an occasion, and its time."""
    last = next(iter(nudges.told(conn, visit.partner.id, 1)), None)
    if last is None or last.occurrence_id is None:
        return visit.language.say("nothing_open")
    found = occurrences.load_occurrences(conn, [last.occurrence_id])[last.occurrence_id]
    due = found.stamp.due.get(visit.partner.key, found.due_at)
    at = f"{due.astimezone(visit.partner.zone):%H:%M}"
    row = rituals.load_rituals(conn, [found.ritual_id])[found.ritual_id]
    line = "why_occasion" if row.origin == Origin.TROTH else "why_line"
    return visit.language.say(line, title=title_of(conn, visit, found), at=at)


def score(conn: Connection, visit: Visit) -> str:
    """Say where the couple stands, with its denominator; the couple's, never a person's."""
    standing = couple_standing(conn, visit.couple.id)
    if not standing.scored:
        return visit.language.say("no_score")
    title = UNNAMED if visit.reply.screen is Sensitivity.DISCREET else visit.couple.name
    if standing.score is None or standing.building:
        values = {"title": title, "scored": standing.scored, "needed": BUILDING}
        return visit.language.say("score_building", **values)
    values = {"title": title, "score": round(standing.score), "scored": standing.scored}
    return visit.language.say("score_line", **values)


def coming(conn: Connection, visit: Visit) -> str:
    """Say what comes next, on the partner's own clock."""
    rows = rituals.rituals_of(conn, visit.couple.id).values()
    sound = (row for row in rows if row.next_due and not row.retired_at and not row.trouble)
    due = sorted((row.next_due, row.id, row) for row in sound)
    if not due:
        return visit.language.say("nothing_next")
    moment, _, row = due[0]
    title = named(visit, ritual_if_sound(row.spec))
    return visit.language.say("next_line", title=title, at=_shown(visit, moment))


def pause(conn: Connection, visit: Visit) -> str:
    """Let nothing reach this partner for a while; nobody else is told, and nothing is counted."""
    until = _until(visit)
    if until is None:
        return visit.language.say("pause_how_long")
    couples.set_pause(conn, visit.partner.id, until)
    return visit.language.say("paused", until=_shown(visit, until))


def quiet(conn: Connection, visit: Visit) -> str:
    """A pause of a week, or as long as was said."""
    until = _until(visit) or visit.now + QUIET
    couples.set_pause(conn, visit.partner.id, until)
    return visit.language.say("quiet", until=_shown(visit, until))


def resume(conn: Connection, visit: Visit) -> str:
    """End a pause; who had none lets go on what was put to rest."""
    ended = couples.end_pause(conn, visit.partner.id, visit.now)
    ended = ended or wake_all(conn, visit.couple, visit.now)
    recall(conn, visit.couple.id, visit.now)  # what was planned meanwhile may be wanted now
    return visit.language.say("resumed" if ended else "not_paused")


def thanks(_: Connection, visit: Visit) -> str:
    """Thanks are kept as they were written, sealed, with the reply itself."""
    return visit.language.say("thanked")


Request = Callable[[Connection, Visit], str]
REQUESTS: Mapping[Verb, Request] = {
    Verb.UNDO: undo,
    Verb.WHY: why,
    Verb.SCORE: score,
    Verb.NEXT: coming,
    Verb.PAUSE: pause,
    Verb.QUIET: quiet,
    Verb.RESUME: resume,
    Verb.THANKS: thanks,
    Verb.PROMISE: promise.make,
    Verb.SEASON: season,
    Verb.SUGGEST: suggest,
}


@dataclass(frozen=True)
class Swap:
    """An occurrence moved to another time: its window keeps its length."""

    at: datetime
    ends_at: datetime


def swapped(visit: Visit, occurrence: Occurrence, window: timedelta) -> Swap | None:
    """Return where `swap <when>` moves an occurrence, or None where that can't be. Pure.

    At most a week from where it was due, however often: none is held open for ever.
    """
    due = occurrence.stamp.due.get(visit.partner.key, occurrence.due_at)
    if visit.said.when is None:
        return None
    usual = due.astimezone(visit.partner.zone).time().replace(tzinfo=None)
    local = resolve(visit.said.when, _local(visit), usual)
    if not _local(visit).date() <= local.date() <= (due + FARTHEST_SWAP).date():
        return None
    at = instant(local, visit.partner.zone)
    return Swap(at, at + window) if at > visit.now else None


def _until(visit: Visit) -> datetime | None:
    if visit.said.length is not None:
        return visit.now + min(visit.said.length, LONGEST_PAUSE)
    if visit.said.when is None:
        return None
    local = resolve(visit.said.when, _local(visit), MORNING)
    if local.date() < _local(visit).date():
        return None
    if local > _local(visit) + LONGEST_PAUSE:  # the last day there is has no later one elsewhere
        return visit.now + LONGEST_PAUSE
    moment = instant(local, visit.partner.zone)
    return moment if moment > visit.now else None


def _local(visit: Visit) -> datetime:
    return visit.now.astimezone(visit.partner.zone).replace(tzinfo=None)


def _shown(visit: Visit, moment: datetime) -> str:
    """Write a moment on the partner's clock: its time, with the day where that is not today's."""
    local = moment.astimezone(visit.partner.zone)
    is_today = local.date() == _local(visit).date()
    return f"{local:%H:%M}" if is_today else f"{local:%Y-%m-%d %H:%M}"
