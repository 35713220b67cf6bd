"""What each verb of a reply does, and what is said back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from troth.domain.durations import format_duration
from troth.domain.grammar import Verb
from troth.domain.ritual import Ritual
from troth.domain.slots import instant
from troth.domain.states import AnswerKind, ChannelState, NudgePurpose
from troth.engine import events
from troth.engine.expiry import expire
from troth.engine.feeling import offers_talk
from troth.engine.following import share_and_follow
from troth.engine.mechanisms.beginning import FIRST
from troth.engine.places import places_of
from troth.engine.planned import nudge_about
from troth.engine.recall import recall
from troth.engine.requests import Swap, swapped
from troth.engine.settle import settle_occurrence
from troth.engine.shown import with_unit
from troth.engine.verdict import NOTHING_NOW
from troth.engine.visit import Visit, ritual_of, title_of
from troth.store import beginnings, channels, codes, ledger, nudges, occurrences
from troth.store.records import Channel, Nudge, Occurrence, Partner
from troth.store.replies import ACCOUNTS
from troth.store.vault import Vault

SNOOZE = timedelta(minutes=30)
ACKNOWLEDGING = frozenset(ACCOUNTS)
STEP_USE = timedelta(minutes=2)  # a step that comes later than this is not sent


def acknowledge(conn: Connection, visit: Visit, occurrence: Occurrence) -> str:
    """Take back this partner's follow-ups on every channel, settle, and say what was noted.

    The steps that are still to come end for both: what was answered is over.
    """
    was_over = visit.now >= occurrence.ends_at
    if was_over:
        expire(conn, visit.now, occurrence.id)
    nudges.withdraw(conn, occurrence.id, "it was answered", visit.partner.id)
    nudges.end_steps(conn, occurrence.id)
    settle_occurrence(conn, occurrence.id, visit.now)
    noted = share_and_follow(conn, visit, occurrence) or _noted(conn, visit, occurrence)
    return f"{noted} {visit.language.say('noted_late')}" if was_over else noted


def _noted(conn: Connection, visit: Visit, occurrence: Occurrence) -> str:
    said, title = visit.said, title_of(conn, visit, occurrence)
    message, values = f"noted_{said.verb}", {"title": title, "rating": ""}
    match said.verb:
        case Verb.RATING:
            values["rating"] = str(said.rating)
        case Verb.NUMBER:
            ritual = ritual_of(conn, occurrence)
            values["number"] = with_unit(said.number, ritual.unit if ritual else None)
        case Verb.CHOICE:
            values["choice"] = occurrence.stamp.choices.get(said.choice or "", "")
    noted = visit.language.say(message, **values)
    if said.verb is Verb.RATING and offers_talk(conn, visit, occurrence):
        return f"{noted} {visit.language.say('offer_talk')}"
    return noted


def snooze(conn: Connection, vault: Vault, visit: Visit, occurrence: Occurrence) -> str:
    """Plan one more nudge at the time asked for, if the occurrence still has use for it then."""
    at = snoozed_until(visit.said.later, visit.partner, visit.now)
    title = title_of(conn, visit, occurrence)
    if not occurrence.is_open:
        return visit.language.say("nothing_more", title=title)
    if at >= occurrence.ends_at:
        return visit.language.say("too_late_to_snooze", title=title)
    mine = [n for n in nudges.nudges_of(conn, occurrence.id) if n.partner_id == visit.partner.id]
    ways = channels.confirmed_channels(conn, [visit.partner.id])[visit.partner.id]
    used = [nudge.channel_id for nudge in mine if nudge.channel_id in ways]
    channel = used[-1] if used else next(iter(ways), None)
    if channel is None:
        return visit.language.say("no_channel", title=title)
    nudges.withdraw(conn, occurrence.id, "a later time was asked for", visit.partner.id)
    planned = nudge_about(
        occurrence,
        visit.partner,
        channel,
        NudgePurpose.SNOOZE,
        at,
        code=codes.code_of(conn, occurrence.id, visit.partner.id),
        text=_asked_last(mine),
    )
    nudges.plan_nudges(conn, vault, [planned], visit.now)
    local = at.astimezone(visit.partner.zone)
    return visit.language.say("snoozed", title=title, at=f"{local:%H:%M}")


def _asked_last(mine: Sequence[Nudge]) -> str | None:
    """Return what the last nudge that asked said of its own: later it says the same."""
    asked = [nudge.text for nudge in mine if nudge.purpose in nudges.TOLD and nudge.sent_at]
    return asked[-1] if asked else None


def snoozed_until(later: timedelta | time | None, partner: Partner, now: datetime) -> datetime:
    """Return when `later`, `later 30m` or `later 21:30` (the partner's own clock) means, UTC."""
    if not isinstance(later, time):
        return now + (later or SNOOZE)
    local = now.astimezone(partner.zone).replace(tzinfo=None)
    wanted = datetime.combine(local.date(), later)
    return instant(wanted if wanted > local else wanted + timedelta(days=1), partner.zone)


def swap(conn: Connection, vault: Vault, visit: Visit, occurrence: Occurrence) -> str:
    """Move an open occurrence for both: its window, and one nudge to each at the new time."""
    title = title_of(conn, visit, occurrence)
    if not occurrence.is_open:
        return visit.language.say("nothing_more", title=title)
    ritual = ritual_of(conn, occurrence)
    window = ritual.window if ritual else occurrence.ends_at - occurrence.due_at
    moved = swapped(visit, occurrence, window)
    if moved is None:
        return visit.language.say("swap_to_when", title=title)
    nudges.withdraw(conn, occurrence.id, "it was moved to another time")
    occurrences.move_window(conn, occurrence.id, moved.ends_at)
    nudges.plan_nudges(conn, vault, list(_moved(conn, visit, occurrence, moved)), visit.now)
    local = moved.at.astimezone(visit.partner.zone)
    return visit.language.say("swapped", title=title, at=f"{local:%Y-%m-%d %H:%M}")


def _moved(
    conn: Connection, visit: Visit, occurrence: Occurrence, moved: Swap
) -> Iterable[dict[str, Any]]:
    ways = channels.confirmed_channels(conn, [partner.id for partner in visit.couple.partners])
    places = places_of(conn, [visit.couple], visit.now)
    for partner in visit.couple.partners:
        if partner.key in occurrence.stamp.due and ways[partner.id]:
            is_own = partner.id == visit.partner.id
            if not is_own and not places[partner.id].take_if_left(moved.at):
                continue  # who moves it again and again fills nobody's day
            yield nudge_about(
                occurrence,
                partner,
                ways[partner.id][0],
                # Who moved it chose the hour; the other may be asleep.
                NudgePurpose.SNOOZE if is_own else NudgePurpose.RITUAL,
                moved.at,
                expires_at=moved.ends_at,
                code=codes.code_of(conn, occurrence.id, partner.id),
            )


def begin(conn: Connection, vault: Vault, visit: Visit, occurrence: Occurrence) -> str:
    """Plan a nudge a step, to both, from now on; while they come, `begin` changes nothing.

    Once they have ended it begins anew, even where that was answered: a second hug is a hug.
    """
    ritual = ritual_of(conn, occurrence)
    if ritual is None or not ritual.steps or visit.now >= occurrence.ends_at:
        return visit.language.say("nothing_to_begin", title=title_of(conn, visit, occurrence))
    if not nudges.has_steps_to_come(conn, occurrence.id):
        planned = _steps(conn, visit, occurrence, ritual)
        nudges.plan_nudges(conn, vault, list(planned), visit.now)
    lasts = sum((step.lasts for step in ritual.steps), timedelta())
    return visit.language.say(
        "begun", title=title_of(conn, visit, occurrence), lasts=format_duration(lasts)
    )


def enough(conn: Connection, _: Vault, visit: Visit, occurrence: Occurrence) -> str:
    """End the steps that are still to come, for both; whether it was done is still to be said."""
    title = title_of(conn, visit, occurrence)
    if occurrence.stamp.kind is not AnswerKind.STEPS:
        return visit.language.say("nothing_to_begin", title=title)
    nudges.end_steps(conn, occurrence.id)
    return visit.language.say("enough", title=title)


def _steps(
    conn: Connection, visit: Visit, occurrence: Occurrence, ritual: Ritual
) -> Iterable[dict[str, Any]]:
    ways = channels.confirmed_channels(conn, [partner.id for partner in visit.couple.partners])
    texts = [step.text for step in ritual.steps] + [visit.language.say("steps_over")]
    starts = [visit.now]
    for step in ritual.steps:
        starts.append(starts[-1] + step.lasts)
    for partner in visit.couple.partners:
        asleep = partner != visit.partner and partner.is_quiet(visit.now)
        for text, at in zip(texts, starts, strict=True):
            if ways[partner.id] and not asleep:
                way, until = ways[partner.id][0], at + STEP_USE
                yield nudge_about(
                    occurrence, partner, way, NudgePurpose.STEP, at, text=text, expires_at=until
                )


def stop(conn: Connection, visit: Visit) -> str:
    """Stop the address by which this came (all of the partner's, where none is known), at once.

    Where the two share a telephone it is silent for both: the law knows numbers, not people.
    """
    recall(conn, visit.couple.id, visit.now)
    for channel in _addressed(conn, visit, [each.id for each in visit.couple.partners]):
        if channels.set_channel_state(conn, channel.id, ChannelState.STOPPED, visit.now):
            nudges.withdraw_for_channel(conn, channel.id, NOTHING_NOW)
            _log_channel(conn, visit, channel, ChannelState.STOPPED)
    return visit.language.say("stopped")


def start(conn: Connection, visit: Visit) -> str:
    """Confirm the channel by which this came; without one, take up what was stopped again."""
    recall(conn, visit.couple.id, visit.now)
    for channel in _addressed(conn, visit, [visit.partner.id]):
        known = visit.reply.channel_id is not None
        resumed = channel.state is ChannelState.STOPPED
        if (known or resumed) and channels.set_channel_state(
            conn, channel.id, ChannelState.CONFIRMED, visit.now
        ):
            _log_channel(conn, visit, channel, ChannelState.CONFIRMED)
    beginnings.bring_forward(conn, visit.couple.id, FIRST, visit.now)
    return visit.language.say("started")


def _addressed(conn: Connection, visit: Visit, owners: Collection[int]) -> list[Channel]:
    """Return the channels of the address by which this came, even taken out since; else all.

    Of one address those of these partners; without one, all of who wrote.
    """
    if visit.reply.channel_id is None:
        return channels.channels_of(conn, [visit.partner.id])[visit.partner.id]
    known = channels.of_one_address(conn, visit.reply.channel_id)
    return [channel for channel in known if channel.partner_id in owners]


def _log_channel(conn: Connection, visit: Visit, channel: Channel, state: ChannelState) -> None:
    owner = visit.couple.partner_by_id(channel.partner_id).key
    event = events.channel_changed(visit.couple.id, channel, owner, state, visit.now)
    ledger.append(conn, [event])
