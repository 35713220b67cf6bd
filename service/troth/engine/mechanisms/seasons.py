"""seasons: begun and ended by reply, with a check-in now and then, and a look back at the end."""

from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from troth.domain.language import UNNAMED
from troth.domain.season import Season, evening
from troth.domain.slots import instant
from troth.domain.states import Origin, SeasonKind, Sensitivity
from troth.domain.when import resolve
from troth.engine import events
from troth.engine.mechanisms.hooks import Opening, Scene
from troth.engine.recall import recall
from troth.engine.speech import labels, language_of, season_name
from troth.engine.telling import tell
from troth.engine.visit import Visit
from troth.schedules.seasons import season_terms
from troth.store import ledger, occasions, seasons
from troth.store.occasions import Occasion
from troth.store.records import Couple, Partner
from troth.store.vault import Vault

CHECK_IN, REVIEW = "transition-check-in", "season-review"
BEGIN, STILL, END = "begin", "still", "end"  # what an occasion of a season is for
LONGEST = timedelta(days=2 * 366)
MORNING = time(4)  # a season until the first of May is over when that day begins


def season(conn: Connection, visit: Visit) -> str:
    """Begin a season, say anew when it ends, or end it; the other is told, and not by whom."""
    if visit.said.ends:
        return _end(conn, visit)
    if visit.said.season is None:
        kinds = ", ".join(season_name(visit.language, kind) for kind in SeasonKind)
        return visit.language.say("season_which", kinds=kinds)
    ends_at = _ends_at(visit)
    if ends_at is not None and ends_at <= visit.now:
        return visit.language.say("season_until_when")
    begun = _begin(conn, visit, SeasonKind(visit.said.season), ends_at)
    _tell_other(conn, visit, _begun(visit.couple, begun, visit.other))
    return _begun(visit.couple, begun, visit.partner, visit.reply.screen)


def _begin(conn: Connection, visit: Visit, kind: SeasonKind, ends_at: datetime | None) -> Season:
    recall(conn, visit.couple.id, visit.now)  # what is planned already is to be lighter, too
    held = seasons.seasons_at(conn, visit.couple.id, visit.now)
    known = next((each for each in held if each.kind is kind), None)
    if known is None:
        begun = seasons.add_season(conn, visit.couple.id, kind, Origin.REPLY, visit.now, ends_at)
        log_change(conn, visit.couple, begun, "begun", visit.now)
    else:
        begun = Season(known.id, kind, known.starts_at, ends_at)
        if ends_at != known.ends_at:
            seasons.end_season(conn, known.id, ends_at, {"said": True})
    schedule(conn, visit.couple, begun, visit.now)
    return begun


def _end(conn: Connection, visit: Visit) -> str:
    """End the season that is named, or all that hold."""
    held = seasons.seasons_at(conn, visit.couple.id, visit.now)
    wanted = visit.said.season
    ending = [each for each in held if wanted in (None, each.kind)]
    if not ending:
        return visit.language.say("season_none")
    end_now(conn, visit.couple, ending, visit.now)
    _tell_other(conn, visit, visit.language.say("season_over"))
    return visit.language.say("season_over")


def end_now(
    conn: Connection, couple: Couple, ending: list[Season], now: datetime, by: int | None = None
) -> None:
    """End seasons at this moment; `by` is the occurrence whose answer says so."""
    recall(conn, couple.id, now)
    for each in ending:
        ended = Season(each.id, each.kind, each.starts_at, now)
        seasons.end_season(conn, each.id, now, {"said": True, **({"by": by} if by else {})})
        log_change(conn, couple, ended, "over", now)
        schedule(conn, couple, ended, now)
    _look_back_once(conn, couple, ending[-1], now)


def _look_back_once(conn: Connection, couple: Couple, last: Season, now: datetime) -> None:
    """Ask what stays after the season that ended last: of those over before it no more."""
    until = evening(now, couple.zone)
    waiting = [
        each.id
        for each in occasions.coming_occasions(conn, couple.id, (REVIEW,))
        if each.about.get("for") == END
        and each.about.get("season") != str(last.id)
        and each.due_at <= until
    ]
    occasions.cancel(conn, waiting)


def schedule(conn: Connection, couple: Couple, season: Season, now: datetime) -> None:
    """Plan what is to come of a season, and nothing else: its beginning, check-ins, its end."""
    coming = occasions.coming_occasions(conn, couple.id, (CHECK_IN, REVIEW))
    mine = [each.id for each in coming if each.about.get("season") == str(season.id)]
    occasions.cancel(conn, mine)
    terms = season_terms()[season.kind]
    if season.starts_at > now:
        _plan(conn, couple, season, CHECK_IN, BEGIN, season.starts_at)
    if season.ends_at is None:
        asked = evening(max(season.starts_at, now) + terms.length, couple.zone)
        _plan(conn, couple, season, REVIEW, STILL, asked)
    else:
        _plan(conn, couple, season, REVIEW, END, evening(season.ends_at, couple.zone))
    _plan_check_in(conn, couple, season, max(season.starts_at, now))


def _plan_check_in(conn: Connection, couple: Couple, season: Season, now: datetime) -> None:
    at = evening(now, couple.zone, season_terms()[season.kind].check_in.days)
    if season.holds_at(at):
        _plan(conn, couple, season, CHECK_IN, "", at)


def _plan(
    conn: Connection, couple: Couple, season: Season, practice: str, what: str, at: datetime
) -> None:
    about = {"season": str(season.id), **({"for": what} if what else {})}
    occasions.plan_occasion(conn, Occasion(couple.id, practice, at, about=about))


def open_check_in(conn: Connection, scene: Scene, occasion: Occasion) -> Opening | None:
    """Ask both how it goes, and plan the next time; or say that a season has begun."""
    found = seasons.find_season(conn, int(occasion.about.get("season", 0)))
    if found is None or not found.holds_at(scene.now):
        return None
    if occasion.about.get("for") == BEGIN:
        tell_begun(conn, scene.vault, scene.couple, found, scene.now)
        return None
    _plan_check_in(conn, scene.couple, found, scene.now)
    held = seasons.seasons_at(conn, scene.couple.id, scene.now)
    return Opening() if held[0].id == found.id else None  # of two seasons at once, one asks


def tell_begun(
    conn: Connection, vault: Vault, couple: Couple, begun: Season, now: datetime
) -> None:
    """Tell both that a season has begun that their file gives."""
    texts = {partner.key: _begun(couple, begun, partner) for partner in couple.partners}
    tell(conn, vault, couple, texts, now)
    log_change(conn, couple, begun, "begun", now)


def log_change(
    conn: Connection, couple: Couple, season: Season, change: str, now: datetime
) -> None:
    """Write into the ledger that a season has begun, or is over; not by whom."""
    event = events.season_changed(couple.id, season.id, season.kind, change, now)
    ledger.append(conn, [event])


def _ends_at(visit: Visit) -> datetime | None:
    if visit.said.length is not None:
        return visit.now + min(visit.said.length, LONGEST)
    if visit.said.when is None:
        return None
    local = visit.now.astimezone(visit.couple.zone).replace(tzinfo=None)
    until = resolve(visit.said.when, local, MORNING)
    if until > local + LONGEST:  # the last day there is has no later one elsewhere
        return visit.now + LONGEST
    return instant(until, visit.couple.zone) if until > local else visit.now


def _begun(
    couple: Couple, begun: Season, reader: Partner, screen: Sensitivity | None = None
) -> str:
    language = language_of(couple)
    is_discreet = screen is Sensitivity.DISCREET
    name = UNNAMED if is_discreet else season_name(language, begun.kind)
    if begun.ends_at is None:
        return language.say("season_begun", season=name)
    until = f"{begun.ends_at.astimezone(reader.zone):%Y-%m-%d}"
    return language.say("season_begun_until", season=name, until=until)


def _tell_other(conn: Connection, visit: Visit, text: str) -> None:
    told = {visit.other.key: text}
    tell(conn, visit.vault, visit.couple, told, visit.now, topic="season")


def still_opening(couple: Couple, found: Season) -> Opening:
    """Ask whether a season that was given no end still holds."""
    language = language_of(couple)
    asks = language.say("season_still", season=season_name(language, found.kind))
    keys = [partner.key for partner in couple.partners]
    return Opening(asks=dict.fromkeys(keys, asks), choices=labels(language, ("yes", "no")))
