"""What a due ritual leads to: an occurrence with its first nudges, and the slot after it. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from troth.domain.ladder import next_follow_up
from troth.domain.occurrence import Stamp, stamp, window_end
from troth.domain.places import Places
from troth.domain.ritual import Ritual, first_occurrence, occurrence_after
from troth.domain.season import Season, holding, lighter, together
from troth.domain.slots import Slot, slot_at, slot_minute
from troth.domain.states import NudgePurpose, NudgeState, OccurrenceState
from troth.domain.tuning import held_back, tuned, tuning_of
from troth.domain.turns import draw_card
from troth.schedules.seasons import season_terms
from troth.store.records import Couple, Partner, RitualRow, stamp_to_json

CATCH_UP = timedelta(days=7)  # slots missed longer ago are passed over, not born
UNREACHABLE = "no confirmed channel"
ENOUGH = "with it, nudges to them that day would be more than {most}"


@dataclass(frozen=True)
class DueRitual:
    """A ritual whose slot comes, with all that deciding needs.

    `seasons` are its couple's, `last` is the newest slot of which it has an occurrence.
    """

    row: RitualRow
    couple: Couple
    ritual: Ritual
    shown: Mapping[str, datetime]
    seasons: tuple[Season, ...] = ()
    last: str | None = None


@dataclass(frozen=True)
class Birth:
    """An occurrence about to be born, with all that is stamped on it.

    `held_back` is how long after its moment the first nudge leaves.
    """

    slot: Slot
    stamp: Stamp
    ends_at: datetime
    prompt: str | None
    held_back: timedelta = timedelta()


@dataclass(frozen=True)
class Move:
    """What one due ritual leads to: perhaps a birth, and the slot after it."""

    due: DueRitual
    birth: Birth | None
    coming: Slot | None


def decide(due: DueRitual, now: datetime) -> Move:
    """Return the occurrence that is due, and the slot that follows."""
    tuning = tuning_of(due.row.tuned)
    ritual, zones = tuned(due.ritual, tuning), due.couple.zones
    slot = slot_at(slot_minute(due.row.next_slot), zones.of(ritual.zone))
    if slot.last_due_at < now - CATCH_UP:
        return Move(due, None, first_occurrence(ritual, zones, now - CATCH_UP))
    coming = occurrence_after(ritual, zones, slot.minute)
    seasons = holding(due.seasons, slot.starts_at)
    lightly = together(seasons, season_terms())
    if lightly and _is_left_out(due, ritual, slot, lightly.every):
        return Move(due, None, coming)
    usual = window_end(ritual, slot)
    ritual = lighter(ritual, lightly) if lightly else ritual
    terms = stamp(ritual, slot, zones.name(ritual.zone), due.row.born, due.row.kept)
    terms = replace(terms, season=seasons[-1].kind) if lightly else terms
    prompt = draw_card(ritual.prompts, due.shown, str(due.row.id), in_order=ritual.prompts_in_order)
    ends_at = _end(ritual, slot, usual, coming)
    return Move(due, Birth(slot, terms, ends_at, prompt, held_back(ritual, tuning)), coming)


def _is_left_out(due: DueRitual, ritual: Ritual, slot: Slot, every: int) -> bool:
    """Say whether a slot is one of those that a season leaves out: too few lie since the last."""
    if due.last is None:
        return False
    since: Slot | None = slot_at(slot_minute(due.last), due.couple.zones.of(ritual.zone))
    for _ in range(every - 1):
        since = occurrence_after(ritual, due.couple.zones, since.minute) if since else None
        if since is not None and since.minute == slot.minute:
            return True
    return False


def _end(ritual: Ritual, slot: Slot, usual: datetime, coming: Slot | None) -> datetime:
    """Return a window's end: one that was made longer does not reach into the next slot's."""
    ends_at = window_end(ritual, slot)
    return min(ends_at, max(usual, coming.starts_at)) if coming else ends_at


def step_row(move: Move) -> dict[str, Any]:
    """Return what its ritual's row becomes."""
    coming = move.coming
    return {
        "id": move.due.row.id,
        "slot": move.due.row.next_slot,
        "next_slot": coming.name if coming else None,
        "next_due": coming.starts_at if coming else None,
        "born": move.due.row.born + (move.birth is not None),
    }


def occurrence_row(due: DueRitual, birth: Birth) -> dict[str, Any]:
    """Return the occurrence as the store keeps it."""
    slot = birth.slot
    return {
        "ritual_id": due.row.id,
        "couple_id": due.couple.id,
        "slot": slot.name,
        "due_at": slot.starts_at,
        "ends_at": birth.ends_at,
        "settle_at": birth.ends_at,
        "follow_up_at": next_follow_up(slot.due, birth.stamp.remind, birth.ends_at, slot.starts_at),
        "announced": False,
        "terms": stamp_to_json(birth.stamp),
        "prompt": birth.prompt,
        "state": OccurrenceState.OPEN,
    }


def first_nudges(
    couple: Couple,
    birth: Birth,
    occurrence_id: int,
    ways: Mapping[int, list[int]],
    codes: dict[int, set[int]],
    places: Mapping[int, Places],
    now: datetime,
) -> Iterable[dict[str, Any]]:
    """Yield one nudge a partner; where none may be reached, that is written down at once.

    `places` are what is left of their days; who has none there is not limited.
    """
    for partner in (each for each in couple.partners if each.key in birth.stamp.first):
        channel = next(iter(ways[partner.id]), None)
        taken = codes.setdefault(partner.id, set())
        code = free_code(taken)
        taken.add(code)
        due_at = birth.slot.due[partner.key] + birth.held_back
        reason = UNREACHABLE if channel is None else _is_enough(places, partner, max(due_at, now))
        yield {
            "couple_id": couple.id,
            "partner_id": partner.id,
            "occurrence_id": occurrence_id,
            "channel_id": channel,
            "purpose": NudgePurpose.RITUAL,
            "due_at": due_at,
            "expires_at": birth.ends_at,
            "code": code,
            "state": NudgeState.FAILED if reason else NudgeState.PLANNED,
            "reason": reason,
        }


def free_code(taken: Collection[int]) -> int:
    """Return the least code that a partner may be given: none of theirs that is taken."""
    return next(code for code in count(1) if code not in taken)


def _is_enough(places: Mapping[int, Places], partner: Partner, at: datetime) -> str | None:
    """Take a place for an ask, or say why there is none: what is too much never leaves."""
    if partner.id not in places or places[partner.id].take_if_left(at):
        return None
    return ENOUGH.format(most=partner.most_a_day)
