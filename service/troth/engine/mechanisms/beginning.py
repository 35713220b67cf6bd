"""beginning: the couple chooses what to begin with, at most two; one more when that is steady."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.grammar import Verb
from troth.domain.ritual import Ritual
from troth.domain.slots import instant
from troth.domain.states import Origin
from troth.domain.steadiness import A_WEEK, WEEKS, is_steady
from troth.engine.called import called_ritual
from troth.engine.chosen import add_chosen, retire_chosen
from troth.engine.mechanisms.hooks import Opening, Scene
from troth.engine.speech import language_of
from troth.engine.telling import tell
from troth.engine.visit import Visit, named
from troth.store import beginnings, channels, occasions, replies
from troth.store.occasions import Occasion
from troth.store.records import Couple, Occurrence, Partner
from troth.store.rituals import key_on_occasion, own_rituals, practice_of

FIRST, MORE = "first-ritual", "one-more"
MOST = {FIRST: 2, MORE: 1}  # rituals that one question may bring
FIRSTS = (
    "shared-coffee",
    "goodbye-kiss",
    "phone-free-meal",
    "evening-check-in",
    "appreciation-round",
    "date-night",
)
MORNING = time(10)
A_DAY = timedelta(days=1)
OFFERED_IN = timedelta(weeks=8)  # once in so long, and never where they have more than two


def plan_first(conn: Connection, couple: Couple, now: datetime) -> None:
    """Plan the question what to begin with, once in a couple's life."""
    if beginnings.last_planned(conn, couple.id, [FIRST]) is None:
        occasions.plan_occasion(conn, Occasion(couple.id, FIRST, now))


def open_question(conn: Connection, scene: Scene, occasion: Occasion) -> Opening | None:
    """Offer what they do not have yet, once both can be reached."""
    couple = scene.couple
    ways = channels.confirmed_channels(conn, [partner.id for partner in couple.partners])
    if occasion.practice == FIRST and not all(ways[each.id] for each in couple.partners):
        occasions.postpone(conn, occasion, scene.now + A_DAY)
        return None
    is_wanted = occasion.practice == FIRST or occasion.lead or _is_steady(conn, couple, scene.now)
    choices = _choices(conn, couple) if is_wanted else {}
    return Opening(choices=choices) if choices else None


def _choices(conn: Connection, couple: Couple) -> dict[str, str]:
    have = {practice_of(row) for row in own_rituals(conn, couple.id)}
    return {name: called_ritual(couple, name).title for name in FIRSTS if name not in have}


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> str | None:
    """Begin what was chosen, tell both, and let go what is chosen no more."""
    _let_go(conn, visit)
    practice = visit.said.choice if visit.said.verb is Verb.CHOICE else None
    if practice is None or practice not in occurrence.stamp.choices:
        return None
    chosen = called_ritual(visit.couple, practice)
    title = named(visit, chosen)
    if practice in {practice_of(row) for row in own_rituals(conn, visit.couple.id)}:
        return visit.language.say("begun_already", title=title)
    if practice not in _wanted(conn, occurrence, ritual.practice):
        return visit.language.say("begun_enough", title=title)
    starts = add_chosen(conn, visit.couple, chosen, visit.now)
    told = _begun(visit.couple, visit.other, chosen.title, starts)
    tell(conn, visit.vault, visit.couple, {visit.other.key: told}, visit.now)
    return _begun(visit.couple, visit.partner, title, starts)


def taken_back(conn: Connection, visit: Visit, _: Occurrence, __: Ritual) -> None:
    """Let go what nobody chooses any more."""
    _let_go(conn, visit)


def _let_go(conn: Connection, visit: Visit) -> None:
    """Retire what came by reply and is wanted by no answer that stands."""
    asked = {key_on_occasion(name): name for name in MOST}
    wanted: set[str] = set()
    for key, name in asked.items():
        for occurrence in beginnings.occurrences_of(conn, visit.couple.id, [key]):
            wanted |= _wanted(conn, occurrence, name)
    for row in own_rituals(conn, visit.couple.id):
        practice = practice_of(row)
        if row.origin == Origin.REPLY and practice is not None and practice not in wanted:
            retire_chosen(conn, visit.couple.id, row, visit.now)


def _wanted(conn: Connection, occurrence: Occurrence, asked: str) -> set[str]:
    """Return what the answers to one question choose, the earliest first, as far as it goes."""
    said = replies.acknowledgements(conn, occurrence.id).values()
    told = sorted(said, key=lambda each: each.received_at)
    chosen = dict.fromkeys(each.choice for each in told if each.choice)
    return set(list(chosen)[: MOST[asked]])


def _begun(couple: Couple, partner: Partner, title: str, starts: datetime) -> str:
    local = starts.astimezone(partner.zone)
    return language_of(couple).say("begun_ritual", title=title, at=f"{local:%Y-%m-%d %H:%M}")


def look_for_steadiness(
    conn: Connection, scene: Scene, row: Row[Any], occurrence: Occurrence
) -> None:
    """Offer a third where what came by reply has gone steadily for three weeks."""
    if row.origin != Origin.REPLY or row.retired_at is not None or occurrence.credit is None:
        return
    couple, now = scene.couple, scene.now
    began = beginnings.last_planned(conn, couple.id, [FIRST])
    offered = beginnings.last_planned(conn, couple.id, [MORE])
    if (began and now < began + WEEKS * A_WEEK) or (offered and now < offered + OFFERED_IN):
        return
    is_few = len(own_rituals(conn, couple.id)) <= MOST[FIRST]
    if is_few and _is_steady(conn, couple, now) and _choices(conn, couple):
        tomorrow = now.astimezone(couple.zone).date() + A_DAY
        due_at = instant(datetime.combine(tomorrow, MORNING), couple.zone)
        occasions.plan_occasion(conn, Occasion(couple.id, MORE, due_at))


def _is_steady(conn: Connection, couple: Couple, now: datetime) -> bool:
    return is_steady(beginnings.counted_since(conn, couple.id, now - WEEKS * A_WEEK), now)


def suggest(conn: Connection, visit: Visit) -> str:
    """Offer one more to both where there is room for it; else say kindly that two are enough."""
    couple = visit.couple
    if not _choices(conn, couple):
        return visit.language.say("suggest_none")
    if _is_waiting(conn, visit):
        return visit.language.say("suggest_waiting")
    is_few = len(own_rituals(conn, couple.id)) < MOST[FIRST]
    if not is_few and not _is_steady(conn, couple, visit.now):
        return visit.language.say("suggest_later")
    occasions.cancel(conn, [one.id for one in occasions.coming_occasions(conn, couple.id, [MORE])])
    coming = Occasion(couple.id, MORE, visit.now, lead=visit.partner.key)
    occasions.plan_occasion(conn, coming)
    return visit.language.say("suggest_coming")


def _is_waiting(conn: Connection, visit: Visit) -> bool:
    """Say whether a list to choose from is open already: a second beside it helps nobody."""
    keys = [key_on_occasion(name) for name in MOST]
    asked = beginnings.occurrences_of(conn, visit.couple.id, keys)
    return any(one.is_open and visit.now < one.ends_at for one in asked)
