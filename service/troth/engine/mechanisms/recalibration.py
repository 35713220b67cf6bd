"""recalibration: a ritual that has been quiet, or runs by itself, is asked how to go on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.recalibration import (
    Asked,
    Offer,
    decide,
    is_other,
    is_unprompted,
    usual_hour,
)
from troth.domain.ritual import Ritual
from troth.domain.season import evening
from troth.domain.slots import slot_minute
from troth.domain.states import Excuse, OccurrenceState, Origin, Sensitivity
from troth.domain.tuning import at_hour, tuned, tuning_of
from troth.engine.mechanisms.choosing import standing_choice
from troth.engine.mechanisms.hooks import Opening, Scene
from troth.engine.retuning import fall_quiet, is_still, retune
from troth.engine.speech import labels, language_of
from troth.engine.visit import Visit
from troth.store import history, occasions, rituals, seasons
from troth.store.occasions import Occasion
from troth.store.records import Couple, Occurrence, ritual_from_json

HOW_TO_GO_ON, FEWER = "ritual-recalibration", "fewer-nudges"
LOOK_BACK = timedelta(weeks=8)


def review(conn: Connection, scene: Scene, row: Row[Any], occurrence: Occurrence) -> None:
    """Ask about a ritual whose last occurrences say that something may be changed on it."""
    if row.origin == Origin.TROTH or row.retired_at is not None or is_still(row):
        return
    if not _may_tell(conn, row, occurrence):
        return
    asked = history.asked_of(conn, scene.couple.id, (HOW_TO_GO_ON, FEWER), row.key)
    moments = Asked(asked.get(HOW_TO_GO_ON), asked.get(FEWER))
    offer = decide(history.last_settled(conn, row.id), moments, scene.now)
    if offer is Offer.DORMANT:
        fall_quiet(conn, scene.couple, row.id, scene.now)
    if offer is not None and not (offer is Offer.FEWER and tuning_of(row.tuned).fewer):
        ask(conn, scene.couple, row, offer, evening(scene.now, scene.couple.zone), scene.now)


def _may_tell(conn: Connection, row: Row[Any], occurrence: Occurrence) -> bool:
    """Say whether this one can be the last of a run: most are not, and cost one look at most."""
    if occurrence.state is OccurrenceState.KEPT:
        newest = history.last_settled(conn, row.id, 1)
        return bool(newest) and newest[0].unprompted and not is_unprompted(newest[1:])
    is_eased = occurrence.reason is Excuse.SEASON
    return is_eased or occurrence.state in (OccurrenceState.MISSED, OccurrenceState.PARTIAL)


def ask(
    conn: Connection,
    couple: Couple,
    row: Row[Any],
    because: str,
    due_at: datetime,
    now: datetime,
    about: Mapping[str, str] | None = None,
) -> None:
    """Plan the question how to go on with a ritual, with the hour at which they usually answer."""
    practice = FEWER if because == Offer.FEWER else HOW_TO_GO_ON
    hour = None if practice == FEWER else _other_hour(conn, couple, row, now)
    facts = {"ritual": row.key, "because": str(because), **(about or {})}
    facts |= {"hour": hour} if hour else {}
    occasions.plan_occasion(conn, Occasion(couple.id, practice, due_at, about=facts))


def _other_hour(conn: Connection, couple: Couple, row: Row[Any], now: datetime) -> str | None:
    ritual = tuned(ritual_from_json(row.spec), tuning_of(row.tuned))
    zones = couple.zones.of(ritual.zone)
    answers = history.answered_at(conn, row.id, now - LOOK_BACK)
    local = [at.astimezone(zones[key]).replace(tzinfo=None) for key, at in answers]
    hour = usual_hour(local, couple.day_starts)
    if hour is None or ritual.cron is None or at_hour(ritual.cron, hour) is None:
        return None
    return hour if is_other(hour, ritual.cron) else None


def open_question(conn: Connection, scene: Scene, occasion: Occasion) -> Opening | None:
    """Open the question, unless the ritual is gone or has woken meanwhile."""
    row = rituals.rituals_of(conn, scene.couple.id).get(occasion.about.get("ritual", ""))
    if row is None or row.retired_at is not None:
        return None
    if occasion.about.get("because") == Offer.DORMANT and row.dormant_at is None:
        return None
    ritual, language = ritual_from_json(row.spec), language_of(scene.couple)
    is_named = ritual.sensitivity is not Sensitivity.DISCREET
    offered = labels(language, _offered(scene.ritual, ritual, occasion.about))
    if "move" in offered:
        offered["move"] = language.say("choice_move_to", at=occasion.about["hour"])
    prompt = ritual.title if is_named else language.say("a_private_ritual")
    return Opening(choices=offered, prompt=prompt)


def _offered(practice: Ritual, ritual: Ritual, about: Mapping[str, str]) -> list[str]:
    """Return the choices that this ritual has: not every one has a lighter form."""
    impossible = set() if ritual.lite else {"lighter"}
    impossible |= set() if "hour" in about else {"move"}
    return [choice for choice in practice.choices if choice not in impossible]


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> str | None:
    """Let the ritual go on as was chosen; the usual echo says what was noted."""
    as_it_stands(conn, visit, occurrence, ritual)
    return None


def as_it_stands(conn: Connection, visit: Visit, occurrence: Occurrence, _: Ritual) -> None:
    """Make of the ritual what the choice that stands now wants; none leaves it as it was."""
    key, choice = occurrence.stamp.about.get("ritual"), standing_choice(conn, occurrence.id)
    row = rituals.rituals_of(conn, visit.couple.id).get(key or "")
    if key is None or row is None:
        return
    change = _change(choice, occurrence.stamp.about)
    dormant_at = None if choice else _dormant_again(conn, row, occurrence)
    retune(conn, visit.couple, key, occurrence.id, change, visit.now, dormant_at=dormant_at)


def _change(choice: str | None, about: Mapping[str, str]) -> Mapping[str, Any] | None:
    match choice:
        case "lighter":
            return {"lite": True}
        case "move":
            return {"hour": about["hour"]} if "hour" in about else None
        case "rest":
            return {"rests": True}
        case "fewer":
            return {"fewer": True}
    return None


def _dormant_again(conn: Connection, row: Row[Any], occurrence: Occurrence) -> datetime | None:
    """Return since when it is dormant where no choice stands; what has come since has woken it."""
    if occurrence.stamp.about.get("because") != Offer.DORMANT:
        return row.dormant_at if isinstance(row.dormant_at, datetime) else None
    last = seasons.last_slots(conn, [row.id]).get(row.id)
    has_come = last is not None and slot_minute(last) > slot_minute(occurrence.slot)
    return None if has_come else occurrence.due_at
