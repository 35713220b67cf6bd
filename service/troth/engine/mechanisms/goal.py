"""A goal: each answer is a step, which is brought to the other and quoted with the next ask.

Who writes `reached` has reached it. Then it is celebrated once, and the ritual rests: its next slot
is taken away, until somebody names a new goal (`new goal ...`, or any step) or its schedule in the
couple's file changes. Of a ritual in which each has a goal of their own, it rests once both have
reached theirs; until then the silence of who has is their share left out.
"""

from datetime import datetime

from sqlalchemy import Connection, Row

from troth.domain.grammar import Verb
from troth.domain.ritual import Ritual, first_occurrence
from troth.domain.states import Mechanism, Rule
from troth.engine import events
from troth.engine.mechanisms.bringing import bring, is_shown, tell_of, words_of_the_other
from troth.engine.visit import Visit, title_of
from troth.store import couples, ledger, milestones, occurrences, past, replies, rituals
from troth.store.records import Couple, Occurrence, Parcel, Partner, ritual_if_sound
from troth.store.vault import Vault

VERBS = frozenset({Verb.REACHED, Verb.GOAL})
STEPS = frozenset({Verb.WORDS, Verb.GOAL})


def meant(conn: Connection, visit: Visit, chosen: Occurrence | None) -> Occurrence | None:
    """Return the goal that `reached` and `new goal` are about, held: the open one, or the latest.

    None where there is none, or several are open and nothing tells which.
    """
    if chosen is not None and chosen.stamp.mechanism is Mechanism.GOAL:
        return chosen
    latest = [
        found
        for row in rituals.rituals_of(conn, visit.couple.id).values()
        if row.retired_at is None and _is_goal(row)
        for found in past.latest_of_ritual(conn, row.id, visit.now)
    ]
    waiting = [found for found in latest if found.is_open]
    if len(waiting) > 1 or not latest:
        return None
    found = waiting[0] if waiting else max(latest, key=lambda each: (each.due_at, each.id))
    return occurrences.lock_occurrence(conn, found.id)


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> str | None:
    """Bring a step to the other; celebrate what was reached; go on with what is new."""
    if visit.said.words and visit.said.verb in STEPS | VERBS:
        bring(conn, visit, occurrence)
    rest_or_wake(conn, visit, occurrence, ritual)
    title = title_of(conn, visit, occurrence)
    if visit.said.verb is Verb.REACHED:
        _celebrate(conn, visit, occurrence, ritual)
        return visit.language.say("goal_noted", title=title)
    return visit.language.say("goal_new", title=title) if visit.said.verb is Verb.GOAL else None


def rest_or_wake(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> None:
    """Let the ritual rest where its goal is reached, and go on where it is not (any more)."""
    row = rituals.load_rituals(conn, [occurrence.ritual_id])[occurrence.ritual_id]
    everybody = {partner.key for partner in visit.couple.partners}
    if resting(conn, visit.couple, row.id, ritual) == everybody:
        rituals.update_ritual(conn, row.id, {"next_slot": None, "next_due": None})
    elif row.next_due is None and row.retired_at is None and row.dormant_at is None:
        slot = first_occurrence(ritual, visit.couple.zones, visit.now)
        if slot is not None:
            coming = {"next_slot": slot.name, "next_due": slot.starts_at}
            rituals.update_ritual(conn, row.id, coming)


def resting(
    conn: Connection, couple: Couple, ritual_id: int, ritual: Ritual, before: datetime | None = None
) -> set[str]:
    """Return the keys of the partners whose goal is reached, and who have named no other since.

    As of the answers to occurrences that fell due before an aware moment, where one is given.
    """
    owners: dict[str, int | None] = {
        partner.key: partner.id if ritual.rule is Rule.EACH else None for partner in couple.partners
    }
    found = set()
    for key, owner in owners.items():
        word = replies.latest_of(conn, ritual_id, STEPS | VERBS, by=owner, before=before)
        if word is not None and word.verb is Verb.REACHED:
            found.add(key)
    return found


def enclosed(conn: Connection, vault: Vault, parcel: Parcel) -> str:
    """Return the last step: one's own where each has a goal, else whoever's it was."""
    if parcel.ritual is None or parcel.ritual_id is None:
        return ""
    couple = couples.load_couple(conn, parcel.nudge.couple_id)
    is_own = parcel.ritual.rule is Rule.EACH or not is_shown(parcel)
    by = parcel.nudge.partner_id if is_own else None
    word = replies.latest_of(conn, parcel.ritual_id, STEPS | VERBS, by=by)
    if word is None or word.verb is Verb.REACHED or not word.words_sealed:
        return ""
    return f"{_named(couple, word.partner).name}: {vault.open(word.words_sealed)}"


def brought(conn: Connection, vault: Vault, parcel: Parcel) -> str:
    """Return the step that the other took, or what they wrote when they reached their goal."""
    return words_of_the_other(conn, vault, parcel)


def _named(couple: Couple, key: str) -> Partner:
    return next(partner for partner in couple.partners if partner.key == key)


def _is_goal(row: Row[tuple[object, ...]]) -> bool:
    ritual = ritual_if_sound(row.spec)
    return ritual is not None and ritual.mechanism is Mechanism.GOAL


def _celebrate(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> None:
    """Celebrate once, with both, and write it down; taking it back takes nothing of that back."""
    name = f"goal.o{occurrence.id}"
    if ritual.rule is Rule.EACH:
        name = f"{name}.{visit.partner.key}"
    if milestones.reach(conn, visit.couple.id, name, visit.now):
        ledger.append(conn, [events.milestone_reached(visit.couple.id, name, visit.now)])
        tell_of(conn, visit, ritual, visit.couple.partners, "goal_reached")


def taken_back(conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual) -> None:
    """Let the ritual rest or go on, as what is left says."""
    rest_or_wake(conn, visit, occurrence, ritual)
