"""What a repair plans and what ends it: check-ins week by week, and an end that is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from troth.domain.repair import A_DAY, PRIVATE, Part, agreed_length, check_ins
from troth.engine.settle import settle_occurrence
from troth.engine.speech import language_of
from troth.engine.telling import tell
from troth.store import nudges, occasions, occurrences, repairs, replies
from troth.store.occasions import Occasion
from troth.store.records import Couple, Occurrence, Partner
from troth.store.repairs import Repair
from troth.store.vault import Vault

OFFER, STAGE, CHECK_IN = "repair-cycle", "repair-stage", "repair-check-in"
PRACTICES = (OFFER, STAGE, CHECK_IN)
MOST_OPEN = 8  # check-ins overlap by no more than one, and of stages one is open


def occasion_of(couple: Couple, practice: str, at: datetime, about: Mapping[str, str]) -> Occasion:
    """Return an occasion of a repair."""
    return Occasion(couple.id, practice, at, about={**about, PRIVATE: "yes"})


def agree(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    repair: Repair,
    occurrence: Occurrence,
    now: datetime,
) -> None:
    """Plan a check-in a week for as long as both agreed on, and the end a day later."""
    coming = occasions.coming_occasions(conn, couple.id, PRACTICES)
    occasions.cancel(conn, [each.id for each in coming if each.about.get("part") != Part.LAPSE])
    said = replies.acknowledgements(conn, occurrence.id).values()
    texts = [vault.open(word.words_sealed) for word in said if word.words_sealed]
    vocabulary = language_of(couple).grammar.vocabulary
    length = agreed_length(texts, vocabulary, repair.starts_at, now)
    cycle = {"cycle": str(repair.offer)}
    for after in check_ins(length):
        about = {"part": Part.CHECK_IN, **cycle}
        occasions.plan_occasion(conn, occasion_of(couple, CHECK_IN, now + after, about))
    about = {"part": Part.FINISH, **cycle}
    occasions.plan_occasion(conn, occasion_of(couple, STAGE, now + length + A_DAY, about))


def end_repair(
    conn: Connection,
    vault: Vault,
    couple: Couple,
    repair: Repair,
    now: datetime,
    *,
    to: Sequence[Partner] | None = None,
    message: str = "repair_over",
) -> None:
    """End a cycle with all that it still asks; tell both, or those to whom it is news."""
    if not repairs.end(conn, repair, now):
        return
    call_off(conn, couple)
    for practice in (STAGE, CHECK_IN):
        for asked in repairs.asked(conn, couple.id, practice, MOST_OPEN):
            if asked.is_open:
                nudges.withdraw(conn, asked.id, "what it belongs to is over")
                occurrences.move_window(conn, asked.id, now)
    judge_anew(conn, couple, now)
    text = language_of(couple).say(message)
    told = couple.partners if to is None else to
    tell(conn, vault, couple, {each.key: text for each in told}, now, is_discreet=True)


def call_off(conn: Connection, couple: Couple) -> bool:
    """Let nothing more come of a repair; return whether anything was still to come."""
    coming = occasions.coming_occasions(conn, couple.id, PRACTICES)
    occasions.cancel(conn, [each.id for each in coming])
    return bool(coming)


def judge_anew(conn: Connection, couple: Couple, now: datetime) -> None:
    """Settle anew what was answered before its time, and falls due now that it counts otherwise."""
    for occurrence_id in repairs.to_judge_anew(conn, couple.id, now):
        settle_occurrence(conn, occurrence_id, now)
