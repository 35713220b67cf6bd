"""season-review: a season is over, or may be; what stays of it is for the couple to choose."""

from sqlalchemy import Connection

from troth.domain.ritual import Ritual
from troth.domain.season import Season, evening
from troth.engine.mechanisms import recalibration
from troth.engine.mechanisms.choosing import standing_choice
from troth.engine.mechanisms.hooks import Opening, Scene
from troth.engine.mechanisms.seasons import END, STILL, end_now, schedule, still_opening
from troth.engine.recall import recall
from troth.engine.retuning import retune
from troth.engine.speech import labels, language_of
from troth.engine.visit import Visit
from troth.store import occasions, rituals, seasons
from troth.store.occasions import Occasion
from troth.store.records import Occurrence


def open_review(conn: Connection, scene: Scene, occasion: Occasion) -> Opening | None:
    """Ask what stays of a season that is over; of one without an end, whether it still holds."""
    found = seasons.find_season(conn, int(occasion.about.get("season", 0)))
    if found is None:
        return None
    if occasion.about.get("for") == STILL:
        if found.ends_at is not None or not found.holds_at(scene.now):
            return None
        schedule(conn, scene.couple, found, scene.now)  # asks again after as long
        return still_opening(scene.couple, found)
    held = seasons.seasons_at(conn, scene.couple.id, scene.now)
    if found.ends_at is None or found.ends_at > scene.now or held:
        return None  # it goes on, or another does: that one's end is early enough
    return Opening(choices=labels(language_of(scene.couple), scene.ritual.choices))


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> str | None:
    """Do as was chosen; the usual echo says what was noted."""
    as_it_stands(conn, visit, occurrence, ritual)
    return None


def as_it_stands(conn: Connection, visit: Visit, occurrence: Occurrence, _: Ritual) -> None:
    """Make of the rituals what the choice that stands now wants; none restores them."""
    choice = standing_choice(conn, occurrence.id)
    if occurrence.stamp.about.get("for") == END:
        _keep_light(conn, visit, occurrence, choice)
        _ask_of_each(conn, visit, occurrence, choice)
        return
    _hold(conn, visit, occurrence, choice)


def _keep_light(conn: Connection, visit: Visit, occurrence: Occurrence, choice: str | None) -> None:
    change = {"keep": {"lite": True}, "restore": {"lite": False}}.get(choice or "")
    for row in rituals.own_rituals(conn, visit.couple.id):
        dormant_at = row.dormant_at
        retune(conn, visit.couple, row.key, occurrence.id, change, visit.now, dormant_at=dormant_at)


def _ask_of_each(
    conn: Connection, visit: Visit, occurrence: Occurrence, choice: str | None
) -> None:
    """Plan one question a ritual, one a day; what was planned by another choice is not asked."""
    coming = occasions.coming_occasions(conn, visit.couple.id, (recalibration.HOW_TO_GO_ON,))
    mine = [each.id for each in coming if each.about.get("review") == str(occurrence.id)]
    occasions.cancel(conn, mine)
    if choice != "change":
        return
    about = {"review": str(occurrence.id)}
    for days, row in enumerate(rituals.own_rituals(conn, visit.couple.id)):
        at = evening(visit.now, visit.couple.zone, days)
        recalibration.ask(conn, visit.couple, row, "season", at, visit.now, about)


def _hold(conn: Connection, visit: Visit, occurrence: Occurrence, choice: str | None) -> None:
    """End a season that does not hold any more; a "no" that is taken back lets it hold again."""
    found = seasons.find_season(conn, int(occurrence.stamp.about.get("season", 0)))
    if found is None:
        return
    if choice == "no" and found.holds_at(visit.now):
        end_now(conn, visit.couple, [found], visit.now, by=occurrence.id)
    by = seasons.about_season(conn, found.id).get("by")
    if choice != "no" and by == occurrence.id:
        recall(conn, visit.couple.id, visit.now)
        seasons.end_season(conn, found.id, None, {})
        schedule(conn, visit.couple, Season(found.id, found.kind, found.starts_at, None), visit.now)
