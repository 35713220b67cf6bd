"""Repair: an offer to both, five stages, weeks of looking at it again, and an end of its own.

A cycle is told apart by the occurrence in which both said yes: its `offer`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.grammar import Verb
from troth.domain.repair import TAKEN_BACK, Part, Stage, next_stage_at
from troth.domain.ritual import Ritual
from troth.domain.states import Mechanism, OccurrenceState
from troth.engine.mechanisms.hooks import Opening, Scene
from troth.engine.mechanisms.repair_plan import (
    OFFER,
    STAGE,
    agree,
    end_repair,
    judge_anew,
    occasion_of,
)
from troth.engine.settle import settle_occurrence
from troth.engine.speech import labels, language_of
from troth.engine.visit import Visit
from troth.store import occasions, occurrences, repairs
from troth.store.occasions import Occasion
from troth.store.records import Couple, Occurrence
from troth.store.repairs import Repair


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, _: Ritual) -> str | None:
    """Say back the same to a yes and to a no; heed a no that comes late, and words that mend."""
    match occurrence.stamp.about.get("part"):
        case Part.OFFER:
            return _offer_answered(conn, visit, occurrence)
        case Part.STAGE:
            found = occurrences.load_occurrences(conn, [occurrence.id])[occurrence.id]
            _look_at_stage(conn, Scene(visit.vault, visit.couple, _, visit.now), found)
    return None


def _offer_answered(conn: Connection, visit: Visit, offer: Occurrence) -> str:
    said = visit.said
    if said.verb not in (Verb.CHOICE, Verb.NO, Verb.SKIP):
        return visit.language.say("repair_yes_or_no")
    runs = _runs(conn, visit.couple, offer.id, visit.now)
    if runs and said.choice != "yes":
        end_repair(conn, visit.vault, visit.couple, runs, visit.now, to=[visit.other])
    return visit.language.say("repair_noted")


def reviewed(conn: Connection, scene: Scene, _: Row[Any], occurrence: Occurrence) -> None:
    """Plan what follows when both have said yes, or have answered a stage."""
    if scene.ritual.mechanism is not Mechanism.REPAIR:
        return
    match occurrence.stamp.about.get("part"):
        case Part.OFFER:
            _look_at_offer(conn, scene, occurrence)
        case Part.STAGE:
            _look_at_stage(conn, scene, occurrence)


def _look_at_offer(conn: Connection, scene: Scene, offer: Occurrence) -> None:
    if not _may_begin(conn, scene, offer) or occasions.coming_occasions(
        conn, scene.couple.id, [STAGE]
    ):
        return
    about = {"part": Part.STAGE, "cycle": str(offer.id), "stage": Stage.ACKNOWLEDGEMENT}
    occasion = occasion_of(scene.couple, STAGE, scene.now + TAKEN_BACK, about)
    occasions.plan_occasion(conn, occasion)


def _may_begin(conn: Connection, scene: Scene, offer: Occurrence) -> bool:
    """Whether both say yes still, to the last offer there was, and nothing has come of it yet."""
    last = repairs.latest_repair(conn, scene.couple.id)
    is_used = last is not None and last.offer == offer.id
    is_last = repairs.asked(conn, scene.couple.id, OFFER, 1)[0].id == offer.id
    runs = repairs.running(conn, scene.couple.id, scene.now)
    return offer.state is OccurrenceState.KEPT and is_last and not is_used and not runs


def _look_at_stage(conn: Connection, scene: Scene, occurrence: Occurrence) -> None:
    about = occurrence.stamp.about
    runs = _runs(conn, scene.couple, int(about["cycle"]), scene.now)
    if runs is None or runs.stage != about["stage"] or not _is_kept(occurrence):
        return
    if runs.stage.after is None:
        agree(conn, scene.vault, scene.couple, runs, occurrence, scene.now)
        return
    coming = occasions.coming_occasions(conn, scene.couple.id, [STAGE])
    if any(each.about.get("stage") == runs.stage.after for each in coming):
        return
    at = next_stage_at(occurrence.due_at, scene.now)
    about = {"part": Part.STAGE, "cycle": about["cycle"], "stage": runs.stage.after}
    occasions.plan_occasion(conn, occasion_of(scene.couple, STAGE, at, about))


def opened(conn: Connection, scene: Scene, occasion: Occasion) -> Opening | None:
    """Open what the moment has come for, if it has use still."""
    part = occasion.about.get("part")
    if part == Part.OFFER:
        return Opening(choices=labels(language_of(scene.couple), ("yes", "no")))
    if part == Part.ACCORD:
        _heed_both(conn, scene)
        return None
    if part == Part.STAGE:
        return _open_stage(conn, scene, occasion)
    runs = _runs(conn, scene.couple, int(occasion.about["cycle"]), scene.now)
    if runs is None:
        return None
    is_kept = _stage_is_kept(conn, scene.couple, runs)
    if part == Part.CHECK_IN:
        return Opening() if is_kept else None
    is_end = is_kept if part == Part.FINISH else _lapses(runs, occasion, is_kept=is_kept)
    if is_end:
        message = "repair_done" if part == Part.FINISH else "repair_over"
        end_repair(conn, scene.vault, scene.couple, runs, scene.now, message=message)
    return None


def _heed_both(conn: Connection, scene: Scene) -> None:
    """Judge the offer that was made since, to which both may have said yes before it was there."""
    offers = repairs.asked(conn, scene.couple.id, OFFER, 1)
    for offer in (each for each in offers if each.is_open):
        settle_occurrence(conn, offer.id, scene.now)


def _lapses(runs: Repair, occasion: Occasion, *, is_kept: bool) -> bool:
    return runs.stage == occasion.about["stage"] and not is_kept


def _open_stage(conn: Connection, scene: Scene, occasion: Occasion) -> Opening | None:
    """Ask for one stage: for twice its window, with one reminder when the first is over."""
    stage, cycle = Stage(occasion.about["stage"]), int(occasion.about["cycle"])
    if not _reach(conn, scene, cycle, stage):
        return None
    window = scene.ritual.window
    about = {"part": Part.LAPSE, "cycle": str(cycle), "stage": stage}
    lapse = occasion_of(scene.couple, STAGE, scene.now + 2 * window, about)
    occasions.plan_occasion(conn, lapse)
    prompt = next(iter(scene.ritual.prompts[stage.number - 1 :]), None)
    return Opening(window=2 * window, remind=(window,), prompt=prompt)


def _reach(conn: Connection, scene: Scene, cycle: int, stage: Stage) -> bool:
    """Begin the cycle with its first stage, or move it on to a later one; say whether it did."""
    if stage is Stage.ACKNOWLEDGEMENT:
        if not _may_begin(conn, scene, occurrences.load_occurrences(conn, [cycle])[cycle]):
            return False
        repairs.begin(conn, scene.couple.id, cycle, scene.now)
        judge_anew(conn, scene.couple, scene.now)
        return True
    runs = _runs(conn, scene.couple, cycle, scene.now)
    if runs is None or runs.stage.after is not stage:
        return False
    if not _stage_is_kept(conn, scene.couple, runs):
        return False
    repairs.set_stage(conn, runs, stage)
    return True


def _runs(conn: Connection, couple: Couple, cycle: int, now: datetime) -> Repair | None:
    runs = repairs.running(conn, couple.id, now)
    return runs if runs and runs.offer == cycle else None


def _stage_is_kept(conn: Connection, couple: Couple, runs: Repair) -> bool:
    """Say whether both have answered the stage that a cycle has come to."""
    found = repairs.asked(conn, couple.id, STAGE, 1)
    return bool(found) and found[0].stamp.about["stage"] == runs.stage and _is_kept(found[0])


def _is_kept(occurrence: Occurrence) -> bool:
    return occurrence.state is OccurrenceState.KEPT
