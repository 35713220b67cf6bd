"""arrival: what came in by a provider finds its partner, goes through the door, is answered once.

Strangers get silence. What is said back is a nudge like any other, planned in the transaction that
keeps the reply: a message that a provider hands in again is not answered again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from troth.domain.grammar import Grammar, Verb
from troth.domain.incoming import AddressKind, Incoming, keepable
from troth.domain.language import Languages
from troth.domain.legal import legal_verb
from troth.domain.reply import Reply
from troth.domain.said import Expected, Said
from troth.domain.states import ChannelState, NudgePurpose
from troth.domain.tapback import read_tapback
from troth.domain.visible import visible_text
from troth.engine import door
from troth.engine.bounce import take_bounce
from troth.engine.quoted import quoted_nudge
from troth.engine.silence import agrees, is_enough, is_gone, is_passed_over
from troth.store import channels, couples, nudges
from troth.store.database import Database
from troth.store.records import Channel, Nudge
from troth.store.vault import Vault

log = structlog.get_logger()

ANSWER_USE = timedelta(minutes=15)  # an answer that comes later is of no use


@dataclass(frozen=True)
class Sender:
    """The channel by which somebody wrote, and the nudge that they answer, if that is known.

    Where it is not sure who wrote, nothing is heard but what stops the channel.
    """

    channel: Channel
    couple_id: int
    nudge: Nudge | None
    is_sure: bool = True


def arrive(
    db: Database, vault: Vault, languages: Languages, incoming: Incoming, now: datetime
) -> door.Answer | None:
    """Take one message in; return what was said back, or None where there was to be silence."""
    incoming = keepable(incoming)
    with db.writing() as conn:
        if incoming.is_bounce and incoming.token:
            take_bounce(conn, vault, incoming.token, now)
        sender = (
            None
            if incoming.is_automatic or incoming.is_bounce
            else _sender(conn, vault, incoming, now)
        )
        if sender is None:
            log.info("arrival.unheard", way=incoming.way, automatic=incoming.is_automatic)
            return None
        couple = couples.load_couple(conn, sender.couple_id)
        grammar = languages.of(couple.language).grammar
        sender = _with_quoted(conn, grammar, sender, incoming)
        if not _may_speak(sender, incoming, grammar):
            log.info("arrival.unheard", way=incoming.way, automatic=False)
            return None
        about = (sender.channel, sender.nudge, incoming.text, incoming.quoted)
        gone = is_gone(conn, couple.id, incoming.text, grammar)
        if gone or is_passed_over(conn, *about, grammar, now):
            log.info("arrival.passed_over", way=incoming.way)
            return None
        answer = door.take_in(conn, vault, languages, _reply(sender, incoming, now), now)
        if answer.is_new and _is_to_be_said(conn, sender, answer, now):
            nudges.plan_nudges(conn, vault, [_echo(sender, answer.text, now)], now)
        return answer


def _sender(conn: Connection, vault: Vault, incoming: Incoming, now: datetime) -> Sender | None:
    """Find who wrote: by the token that came back, else by their address, else by an old token."""
    nudge = nudges.find_nudge(conn, incoming.token) if incoming.token else None
    channel = channels.load_channel(conn, nudge.channel_id) if nudge and nudge.channel_id else None
    if nudge and channel and not nudge.is_over(now):
        return Sender(channel, nudge.couple_id, nudge)
    address = incoming.address
    found = channels.find_by_address(conn, vault.mark(f"{address.kind}:{address.value}"))
    if nudge and channel and (found is None or _may_be_forged(incoming)):
        return Sender(channel, nudge.couple_id, nudge, is_sure=False)
    if found is None:
        return None
    is_theirs = nudge is not None and nudge.partner_id == found[0].partner_id
    return Sender(*found, nudge if is_theirs else None, not _may_be_forged(incoming))


def _may_be_forged(incoming: Incoming) -> bool:
    """Anybody can write any sender on a mail: the token of its reply address is what is secret."""
    return incoming.address.kind is AddressKind.MAIL


def _may_speak(sender: Sender, incoming: Incoming, grammar: Grammar) -> bool:
    """Say whether who wrote is heard; anybody may stop a channel, in any words that do."""
    return (
        sender.is_sure or legal_verb(visible_text(incoming.text), grammar, Expected()) is Verb.STOP
    )


def _with_quoted(conn: Connection, grammar: Grammar, sender: Sender, incoming: Incoming) -> Sender:
    """Find what is answered by what is quoted: beside the text, or in a tap that came as text."""
    if sender.nudge is not None:
        return sender
    tapped = read_tapback(incoming.text, grammar)
    quoted = incoming.quoted or (tapped.quoted if tapped else None)
    nudge = quoted_nudge(conn, sender.channel, quoted) if quoted else None
    return replace(sender, nudge=nudge)


def _reply(sender: Sender, incoming: Incoming, now: datetime) -> Reply:
    return Reply(
        way=incoming.way,
        provider_id=incoming.provider_id,
        couple_id=sender.couple_id,
        partner_id=sender.channel.partner_id,
        text=incoming.text,
        received_at=now,
        nudge_id=sender.nudge.id if sender.nudge else None,
        channel_id=sender.channel.id,
        said=_said(sender.channel, incoming),
        screen=sender.channel.sensitivity,
        tap=incoming.tap,
    )


def _said(channel: Channel, incoming: Incoming) -> Said | None:
    """Read what is not to be read as words.

    That is a tap taken away; and YES, which agrees only where its owner was asked, or has stopped:
    else it means done.
    """
    if incoming.is_taken_away:
        return Said(Verb.UNDO, is_reaction=True)
    asked = channel.state in (ChannelState.UNCONFIRMED, ChannelState.STOPPED)
    return Said(Verb.START) if asked and agrees(incoming.text) else None


def _is_to_be_said(conn: Connection, sender: Sender, answer: door.Answer, now: datetime) -> bool:
    """Whether an answer is sent: each once, but no end of them; that it stopped, always."""
    if not answer.text:
        return False
    if sender.channel.state is ChannelState.STOPPED and answer.verb not in (Verb.START, Verb.HELP):
        return False
    return answer.verb is Verb.STOP or not is_enough(conn, sender.channel, answer.verb, now)


def _echo(sender: Sender, text: str, now: datetime) -> dict[str, object]:
    return {
        "couple_id": sender.couple_id,
        "partner_id": sender.channel.partner_id,
        "occurrence_id": None,
        "channel_id": sender.channel.id,
        "purpose": NudgePurpose.ANSWER,
        "text": text,
        "due_at": now,
        "expires_at": now + ANSWER_USE,
    }
