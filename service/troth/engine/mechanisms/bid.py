"""A bid: one reaches out, and only then is the other asked, with the words that came.

Nobody is told that an answer did not come; what does come is brought back to who reached out.
"""

from sqlalchemy import Connection

from troth.domain.ritual import Ritual
from troth.domain.states import Account, NudgePurpose, NudgeState, Rule
from troth.engine.births import UNREACHABLE, free_code
from troth.engine.mechanisms.bringing import bring, words_of_the_other
from troth.engine.planned import nudge_about
from troth.engine.visit import Visit
from troth.store import channels, codes, nudges, replies
from troth.store.records import Nudge, Occurrence, Parcel
from troth.store.replies import ACCOUNTS
from troth.store.vault import Vault


def answered(conn: Connection, visit: Visit, occurrence: Occurrence, _: Ritual) -> None:
    """Pass a bid on to the other, or bring what they answered back."""
    if ACCOUNTS[visit.said.verb] is not Account.DONE:
        return
    reaches_out = _is_led(occurrence) and visit.partner.key == occurrence.stamp.lead
    if reaches_out and visit.now < occurrence.ends_at:
        _pass_on(conn, visit, occurrence)
    else:  # what comes too late to be answered in time is good to read all the same
        bring(conn, visit, occurrence)


def taken_back(conn: Connection, visit: Visit, occurrence: Occurrence, _: Ritual) -> None:
    """Take back what has not come to the other yet, where nobody reaches out any more."""
    word = replies.acknowledgements(conn, occurrence.id).get(occurrence.stamp.lead or "")
    if _is_led(occurrence) and (word is None or word.account is not Account.DONE):
        other = next(p for p in visit.couple.partners if p.key != occurrence.stamp.lead)
        nudges.withdraw(conn, occurrence.id, "it was taken back", other.id)


def enclosed(conn: Connection, vault: Vault, parcel: Parcel) -> str:
    """Return what reached out to this partner; to who reaches out, nothing."""
    if parcel.stamp is None or parcel.stamp.lead in (None, parcel.partner):
        return ""
    return words_of_the_other(conn, vault, parcel, "bid_made")


def brought(conn: Connection, vault: Vault, parcel: Parcel) -> str:
    """Return what was answered, even where that was done without a word."""
    return words_of_the_other(conn, vault, parcel, "bid_answered")


def _is_led(occurrence: Occurrence) -> bool:
    return occurrence.stamp.rule is Rule.BID and occurrence.stamp.lead is not None


def _pass_on(conn: Connection, visit: Visit, occurrence: Occurrence) -> None:
    """Ask the other now, once: with a code of their own, as the clock asked the first."""
    asked = [n for n in nudges.nudges_of(conn, occurrence.id) if _asks(n, visit.other.id)]
    if any(nudge.state is not NudgeState.WITHDRAWN for nudge in asked):
        return
    if asked:  # it was taken back before it left, and now it was said again
        nudges.plan_anew(conn, occurrence.id, visit.now)
        return
    way = next(iter(channels.confirmed_channels(conn, [visit.other.id])[visit.other.id]), None)
    planned = nudge_about(
        occurrence,
        visit.other,
        way,
        NudgePurpose.RITUAL,
        visit.now,
        code=_free_code(conn, visit),
        state=NudgeState.FAILED if way is None else NudgeState.PLANNED,
        reason=UNREACHABLE if way is None else None,
    )
    nudges.plan_nudges(conn, visit.vault, [planned], visit.now)


def _asks(nudge: Nudge, partner_id: int) -> bool:
    return nudge.partner_id == partner_id and nudge.purpose is NudgePurpose.RITUAL


def _free_code(conn: Connection, visit: Visit) -> int:
    taken = codes.codes_in_use(conn, {visit.couple.id}, visit.now - codes.CODE_REST)
    return free_code(taken.get(visit.other.id, set()))
