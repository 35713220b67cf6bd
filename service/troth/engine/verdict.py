"""Whether a nudge in hand is sent: tested at the moment of sending, whatever was planned."""

from dataclasses import dataclass
from datetime import datetime

from troth.domain.states import ChannelState, NudgePurpose, NudgeState
from troth.store.nudges import BROUGHT
from troth.store.records import Channel, Parcel

# The partner set the time, or wrote just now: quiet hours give way.
ASKED_FOR = (NudgePurpose.SNOOZE, NudgePurpose.STEP, NudgePurpose.ANSWER)


@dataclass(frozen=True)
class Wait:
    """Not before `until`. Nothing was tried, so nothing counts against it."""

    until: datetime
    reason: str


NOTHING_NOW = "nothing was to leave by its channel"  # the same for a stop, a pause and a bounce


@dataclass(frozen=True)
class Drop:
    """Not at all."""

    state: NudgeState
    reason: str


def decide(parcel: Parcel, now: datetime) -> Channel | Wait | Drop:
    """Return the channel to send by, or why not. Pure."""
    nudge, useless = parcel.nudge, why_useless(parcel, now) or _brings_nothing(parcel)
    if useless is not None:
        return useless
    if parcel.channel is None or not _may_use(parcel.channel, nudge.purpose):
        return Drop(NudgeState.FAILED, "its channel may not be used")
    over_at = parcel.quiet.over_at(now, parcel.zone) if parcel.quiet else None
    if over_at is None or nudge.prompted or nudge.purpose in ASKED_FOR:
        return parcel.channel
    if over_at >= nudge.expires_at:
        return Drop(NudgeState.EXPIRED, "quiet hours last longer than its use")
    return Wait(over_at, "quiet hours")


def wanted_at(parcel: Parcel) -> datetime:
    """Return from when on a nudge was to leave: its due moment, or the end of quiet hours. Pure."""
    nudge = parcel.nudge
    if parcel.quiet is None or nudge.prompted or nudge.purpose in ASKED_FOR:
        return nudge.due_at
    return parcel.quiet.over_at(nudge.due_at, parcel.zone) or nudge.due_at


def why_useless(parcel: Parcel, now: datetime) -> Drop | None:
    """Return why a nudge is of no use any more by any channel; None where it is. Pure."""
    nudge = parcel.nudge
    if nudge.expires_at <= now:
        return Drop(NudgeState.EXPIRED, "its window was over")
    is_asking = nudge.purpose not in BROUGHT
    is_step = nudge.purpose is NudgePurpose.STEP  # which may be begun once more after an answer
    if is_asking and not is_step and not parcel.is_open:
        return Drop(NudgeState.WITHDRAWN, "the occurrence is settled")
    if is_asking and parcel.answered:
        return Drop(NudgeState.WITHDRAWN, "it was answered")
    if parcel.is_paused(now) and nudge.purpose is not NudgePurpose.ANSWER:
        return Drop(NudgeState.WITHDRAWN, NOTHING_NOW)
    return None


def _brings_nothing(parcel: Parcel) -> Drop | None:
    """Words that were taken back before they left: there is nothing to bring any more."""
    if parcel.nudge.purpose is NudgePurpose.SHARE and not parcel.enclosed:
        return Drop(NudgeState.WITHDRAWN, "there is nothing left to bring")
    return None


def _may_use(channel: Channel, purpose: NudgePurpose) -> bool:
    """Before its owner agrees, a channel carries one question and nothing else."""
    if channel.is_retired:
        return False
    if purpose is NudgePurpose.ANSWER:  # whoever writes may be answered, once
        return channel.state is not ChannelState.FAILING
    asks = purpose is NudgePurpose.CONSENT
    return channel.state is (ChannelState.UNCONFIRMED if asks else ChannelState.CONFIRMED)
