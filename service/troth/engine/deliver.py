"""deliver: one claimed nudge is looked at again, sent, and its outcome written down.

Everything is tested at the moment of sending: is it still useful, is it quiet, did its owner agree?
No connection to the database is held over the send.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from troth.clock import Clock
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome, Refused, Sent, TryAgain
from troth.delivery.wording import Content, compose
from troth.domain.ladder import retry_after
from troth.domain.language import Languages
from troth.domain.ritual import Ritual
from troth.domain.states import ChannelState, NudgePurpose, NudgeState
from troth.engine import events
from troth.engine.channel_given_up import give_up_channel
from troth.engine.dispatch import LEASE
from troth.errors import TrothError
from troth.store import channels, couples, ledger, nudges, occurrences, replies, rituals
from troth.store.database import Database
from troth.store.records import Channel, Couple, Nudge, Occurrence, Partner, ritual_from_json
from troth.store.vault import Vault

log = structlog.get_logger()

ASKED_FOR = (NudgePurpose.SNOOZE, NudgePurpose.STEP)  # the partner set the time: quiet gives way


@dataclass(frozen=True)
class Parcel:
    """A nudge in hand with all that the decision to send it needs."""

    nudge: Nudge
    couple: Couple
    partner: Partner
    channel: Channel | None
    occurrence: Occurrence | None
    ritual: Ritual | None
    answered: bool


@dataclass(frozen=True)
class Wait:
    """Not now: the owner's quiet hours end at `until`."""

    until: datetime


@dataclass(frozen=True)
class Drop:
    """Not at all."""

    state: NudgeState
    reason: str


@dataclass(frozen=True)
class Post:
    """What delivering needs beside the store."""

    courier: Courier
    vault: Vault
    languages: Languages
    public_url: str


def deliver(db: Database, post: Post, clock: Clock, nudge_id: int, attempt: int) -> None:
    """Send the nudge of this claim, if it still is this claim's and still of use."""
    with db.writing() as conn:
        nudge = nudges.pick(conn, nudge_id, attempt, clock.now(), LEASE)
        parcel = _load(conn, nudge) if nudge else None
    if parcel is None:
        return
    with structlog.contextvars.bound_contextvars(couple=parcel.couple.id, nudge=f"n{nudge_id}"):
        verdict = decide(parcel, clock.now())
        if isinstance(verdict, Channel):
            _record(db, post.vault, parcel, _send(parcel, verdict, post), clock.now())
        else:
            _put_off(db, post.vault, parcel, verdict, clock.now())


def decide(parcel: Parcel, now: datetime) -> Channel | Wait | Drop:
    """Return the channel to send by, or why not. Pure."""
    nudge = parcel.nudge
    if nudge.expires_at <= now:
        return Drop(NudgeState.EXPIRED, "its window was over")
    if parcel.occurrence is not None and not parcel.occurrence.is_open:
        return Drop(NudgeState.WITHDRAWN, "the occurrence is settled")
    if parcel.answered:
        return Drop(NudgeState.WITHDRAWN, "it was answered")
    if parcel.channel is None or not _may_use(parcel.channel, nudge.purpose):
        return Drop(NudgeState.FAILED, "its channel may not be used")
    quiet = parcel.partner.quiet
    over_at = quiet.over_at(now, parcel.partner.zone) if quiet else None
    if over_at is None or nudge.purpose in ASKED_FOR:
        return parcel.channel
    if over_at >= nudge.expires_at:
        return Drop(NudgeState.EXPIRED, "quiet hours last longer than its use")
    return Wait(over_at)


def _may_use(channel: Channel, purpose: NudgePurpose) -> bool:
    """Before its owner agrees, a channel carries one question and nothing else."""
    if channel.is_retired:
        return False
    asks = purpose is NudgePurpose.CONSENT
    return channel.state is (ChannelState.UNCONFIRMED if asks else ChannelState.CONFIRMED)


def _load(conn: Connection, nudge: Nudge) -> Parcel:
    couple = couples.load_couple(conn, nudge.couple_id)
    partner = couple.partner_by_id(nudge.partner_id)
    channel = channels.load_channel(conn, nudge.channel_id) if nudge.channel_id else None
    if nudge.occurrence_id is None:
        return Parcel(nudge, couple, partner, channel, None, None, answered=False)
    occurrence = occurrences.load_occurrences(conn, [nudge.occurrence_id])[nudge.occurrence_id]
    row = rituals.load_rituals(conn, [occurrence.ritual_id])[occurrence.ritual_id]
    answered = partner.key in replies.acknowledgements(conn, occurrence.id)
    spec = ritual_from_json(row.spec)
    return Parcel(nudge, couple, partner, channel, occurrence, spec, answered)


def _send(parcel: Parcel, channel: Channel, post: Post) -> Outcome:
    try:
        message = _message(parcel, channel, post)
    except (TrothError, KeyError, ValueError) as error:  # no key, a damaged text
        return Refused(f"its message could not be made ({type(error).__name__})")
    return post.courier.send(message)


def _message(parcel: Parcel, channel: Channel, post: Post) -> Message:
    nudge, occurrence = parcel.nudge, parcel.occurrence
    content = Content(
        purpose=nudge.purpose,
        link=f"{post.public_url}/r/{post.vault.token(nudge.seed)}",
        names=parcel.couple.name,
        ask=occurrence.stamp.asks[parcel.partner.key] if occurrence else "",
        prompt=occurrence.prompt if occurrence else None,
        text=nudge.text,
    )
    language = post.languages.of(parcel.couple.language)
    title, body = compose(content, parcel.ritual, channel.sensitivity, language)
    url = post.vault.open(channel.url_sealed)
    return Message(url, title, body, nudge.id, parcel.partner.id)


def _record(db: Database, vault: Vault, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """Write what a send came to, fenced by the attempt, in one transaction."""
    nudge = parcel.nudge
    match outcome:
        case Sent():
            log.info("nudge.sent", purpose=nudge.purpose, attempt=nudge.attempt)
            _sent(db, parcel, now)
        case TryAgain(reason, after, may_have_left):
            failures = nudge.failures + 1
            wait = retry_after(failures, after)
            if wait is None or now + wait >= nudge.expires_at:
                _failed(db, vault, parcel, reason, now)
            else:
                log.info("nudge.retries", reason=reason, attempt=nudge.attempt)
                marks = {"failures": failures, "repeated": nudge.repeated or may_have_left}
                _plan_again(db, nudge, now + wait, reason, marks)
        case Refused(reason):
            _failed(db, vault, parcel, reason, now)


def _put_off(
    db: Database, vault: Vault, parcel: Parcel, verdict: Wait | Drop, now: datetime
) -> None:
    match verdict:
        case Wait(until):
            log.info("nudge.quiet")
            _plan_again(db, parcel.nudge, until, "quiet hours", {})
        case Drop(NudgeState.FAILED, reason):
            _failed(db, vault, parcel, reason, now)
        case Drop(state, reason):
            log.info("nudge.dropped", state=state, reason=reason)
            with db.writing() as conn:
                if not nudges.finish(conn, parcel.nudge, {"state": state, "reason": reason}):
                    return
                if state is NudgeState.EXPIRED:
                    event = events.nudge_failed(parcel.nudge, parcel.partner.key, reason, now)
                    ledger.append(conn, [event])


def _sent(db: Database, parcel: Parcel, now: datetime) -> None:
    channel = parcel.channel
    with db.writing() as conn:
        done = {"state": NudgeState.SENT, "sent_at": now, "reason": None}
        if channel is not None and nudges.finish(conn, parcel.nudge, done):
            event = events.nudge_sent(parcel.nudge, parcel.partner.key, channel.scheme, now)
            ledger.append(conn, [event])


def _plan_again(
    db: Database, nudge: Nudge, not_before: datetime, reason: str, marks: dict[str, Any]
) -> None:
    again = {"state": NudgeState.PLANNED, "not_before": not_before, "reason": reason}
    with db.writing() as conn:
        nudges.finish(conn, nudge, {**again, **marks})


def _failed(db: Database, vault: Vault, parcel: Parcel, reason: str, now: datetime) -> None:
    nudge = parcel.nudge
    with db.writing() as conn:
        if nudges.finish(conn, nudge, {"state": NudgeState.FAILED, "reason": reason}):
            log.warning("nudge.failed", purpose=nudge.purpose, reason=reason)
            give_up_channel(conn, vault, nudge, reason, now)
