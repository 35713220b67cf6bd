"""What partners say when it is hard: repair, repair over, timeout. Nobody learns who said it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.repair import A_DAY, Part, offered_again
from troth.domain.states import OccurrenceState
from troth.domain.timeout import LONGEST, MOST_IN_A_DAY, ONE, lasts
from troth.engine.called import called_ritual
from troth.engine.mechanisms.repair_plan import (
    OFFER,
    PRACTICES,
    call_off,
    end_repair,
    occasion_of,
)
from troth.engine.mechanisms.timeout import ATTEMPT
from troth.engine.own_timeout import own_timeout
from troth.engine.requests import Request
from troth.engine.settle import settle_occurrence
from troth.engine.telling import tell
from troth.engine.visit import Visit
from troth.store import nudges, occasions, repairs, replies
from troth.store.occasions import Occasion
from troth.store.records import Occurrence

MOST_OFFERS = 12  # looked at, to tell how often somebody has asked in vain


def repair(conn: Connection, visit: Visit) -> str:
    """Offer both a repair, or say yes to the offer there is; what is said back names nothing."""
    couple, now = visit.couple, visit.now
    if repairs.running(conn, couple.id, now):
        return visit.language.say("repair_runs")
    offers = repairs.asked(conn, couple.id, OFFER, MOST_OFFERS)
    if offers and offers[0].is_open and now < offers[0].ends_at:
        settle_occurrence(conn, offers[0].id, now)
    elif occasions.coming_occasions(conn, couple.id, PRACTICES):
        _plan(conn, visit, {"part": Part.ACCORD})
    else:
        again = _may_offer_from(conn, visit, offers)
        if again is not None and now < again:
            return visit.language.say("repair_wait", at=_day(visit, again))
        about = {"part": Part.OFFER, "first_reply": str(replies.id_of(conn, visit.reply))}
        _plan(conn, visit, about)
    return visit.language.say("repair_asked")


def _plan(conn: Connection, visit: Visit, about: Mapping[str, str]) -> None:
    occasions.plan_occasion(conn, occasion_of(visit.couple, OFFER, visit.now, about))


def _may_offer_from(
    conn: Connection, visit: Visit, offers: Sequence[Occurrence]
) -> datetime | None:
    """Return from when this partner may offer anew: the longer, the oftener it was in vain.

    It tells nothing of what the other did: a no and no answer count the same.
    """
    moments = []
    last = repairs.latest_repair(conn, visit.couple.id)
    if last is not None and last.ends_at is not None:
        moments.append(last.ends_at + A_DAY)
    vain = list(takewhile(lambda offer: offer.state is not OccurrenceState.KEPT, offers))
    moments += [offer.ends_at + A_DAY for offer in vain[:1]]
    mine = [offer for offer in vain if _opened_by(conn, visit, offer)]
    if mine:
        moments.append(offered_again(mine[0].ends_at, len(mine)))
    return max(moments, default=None)


def _opened_by(conn: Connection, visit: Visit, offer: Occurrence) -> bool:
    first_reply = int(offer.stamp.about["first_reply"])
    return repairs.opener_of(conn, first_reply) == visit.partner.id


def repair_over(conn: Connection, visit: Visit) -> str:
    """End a repair for both, at once; the other is told only that it is over."""
    couple, now = visit.couple, visit.now
    runs = repairs.running(conn, couple.id, now)
    if runs is not None:
        end_repair(conn, visit.vault, couple, runs, now, to=[visit.other])
        return visit.language.say("repair_ended")
    was_coming = call_off(conn, couple)
    offers = repairs.asked(conn, couple.id, OFFER, 1)
    is_open = bool(offers) and now < offers[0].ends_at and not _is_used(conn, offers[0])
    if is_open:  # it is a no to the offer
        settle_occurrence(conn, offers[0].id, now)
    return visit.language.say("repair_ended" if was_coming or is_open else "repair_none")


def _is_used(conn: Connection, offer: Occurrence) -> bool:
    last = repairs.latest_repair(conn, offer.couple_id)
    return last is not None and last.offer == offer.id


def timeout(conn: Connection, visit: Visit) -> str:
    """Send both a calm text with the time of the return; within an hour, only move that time."""
    couple, now = visit.couple, visit.now
    length = lasts(visit.said.length, own_timeout(visit.vault, couple))
    lately = occasions.lately(conn, couple.id, ATTEMPT, now - 2 * LONGEST)
    begun = {at: each for each in lately if (at := _began(each)) and at > now - timedelta(days=1)}
    known = [at for at, each in begun.items() if each.lead in (None, visit.partner.key)]
    current = begun[max(known)] if known and max(known) > now - ONE else None
    if current is None:
        mine = [each for each in begun.values() if _is_own(conn, visit, each)]
        current = _begin(conn, visit, length, alone=len(mine) >= MOST_IN_A_DAY)
    coming = [
        each
        for each in occasions.coming_occasions(conn, couple.id, [ATTEMPT])
        if each.lead in (None, visit.partner.key) or current.lead is None
    ]
    occasions.cancel(conn, [each.id for each in coming])
    back = _return(conn, visit, current, coming, now + length)
    _plan_return(conn, visit, current, back)
    return visit.language.say("timeout_noted", at=_clock(visit, visit.partner.key, back))


def _return(
    conn: Connection,
    visit: Visit,
    current: Occasion,
    coming: Sequence[Occasion],
    wanted: datetime,
) -> datetime:
    """Return when both are asked back: nobody cuts short a pause that the other has asked for."""
    if _is_own(conn, visit, current):
        return wanted
    return max([wanted, *(each.due_at for each in coming if _began(each) == _began(current))])


def _is_own(conn: Connection, visit: Visit, occasion: Occasion) -> bool:
    """Say whether the partner at the door asked for this pause."""
    reply = occasion.about.get("first_reply", "")
    return reply.isdecimal() and repairs.opener_of(conn, int(reply)) == visit.partner.id


def _begin(conn: Connection, visit: Visit, length: timedelta, *, alone: bool) -> Occasion:
    """Tell both that there is a pause; only who asks for it, where they have asked too often."""
    ritual = called_ritual(visit.couple, ATTEMPT)
    turn = occasions.count(conn, visit.couple.id, ATTEMPT)
    calm = own_timeout(visit.vault, visit.couple).text or ritual.texts[turn % len(ritual.texts)]
    told = [visit.partner] if alone else list(visit.couple.partners)
    texts = {each.key: f"{calm}\n\n{_until(visit, each.key, length)}" for each in told}
    prompted = {visit.partner.key}
    about = (conn, visit.vault, visit.couple, texts, visit.now)
    tell(*about, lasts=length, is_discreet=True, prompted=prompted, topic=nudges.PAUSES)
    facts = {"began": visit.now.isoformat(), "turn": str(turn)}
    facts |= {"first_reply": str(visit.reply_id)}
    lead = visit.partner.key if alone else None
    return Occasion(visit.couple.id, ATTEMPT, visit.now + length, lead, facts)


def _plan_return(conn: Connection, visit: Visit, current: Occasion, at: datetime) -> None:
    is_theirs = current.lead in (None, visit.partner.key)
    coming = occasion_of(visit.couple, ATTEMPT, at, current.about)
    lead = current.lead if is_theirs else None
    occasions.plan_occasion(conn, replace(coming, lead=lead))


def _began(occasion: Occasion) -> datetime | None:
    """Return when a pause began; None where its row is damaged."""
    try:
        began = datetime.fromisoformat(occasion.about["began"])
    except (LookupError, TypeError, ValueError):
        return None
    return began if began.tzinfo else None


def _until(visit: Visit, key: str, length: timedelta) -> str:
    return visit.language.say("timeout_until", at=_clock(visit, key, visit.now + length))


def _clock(visit: Visit, key: str, at: datetime) -> str:
    """Write a moment on a partner's own clock."""
    zone = next(each.zone for each in visit.couple.partners if each.key == key)
    return f"{at.astimezone(zone):%H:%M}"


def _day(visit: Visit, at: datetime) -> str:
    return f"{at.astimezone(visit.partner.zone):%Y-%m-%d %H:%M}"


MENDING: Mapping[Verb, Request] = {
    Verb.REPAIR: repair,
    Verb.REPAIR_OVER: repair_over,
    Verb.TIMEOUT: timeout,
}
