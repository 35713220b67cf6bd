"""The one door: every reply, by whatever way it came, is read, kept, acted on and answered here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.language import Languages
from troth.domain.parse import parse
from troth.domain.repair import PRIVATE
from troth.domain.reply import Reply
from troth.domain.states import AnswerKind
from troth.engine import effects, events
from troth.engine.another import another
from troth.engine.effects import ACKNOWLEDGING
from troth.engine.mechanisms import goal
from troth.engine.mending import MENDING
from troth.engine.own_timeout import read_timeout
from troth.engine.requests import REQUESTS, Request
from troth.engine.sharing import share
from troth.engine.target import Candidates, candidates
from troth.engine.traced import note_reply
from troth.engine.unasked import open_todays
from troth.engine.visit import Visit, title_of
from troth.store import couples, ledger, occurrences, replies
from troth.store.afterwards import afterwards
from troth.store.database import Database
from troth.store.records import Occurrence
from troth.store.vault import Vault
from troth.telemetry import metrics, tracing

log = structlog.get_logger()

ASKED: Mapping[Verb, Request] = {
    Verb.STOP: effects.stop,
    Verb.START: effects.start,
    Verb.SHARE: share,
    **REQUESTS,
    **MENDING,
}
MOVED = {
    Verb.LATER: effects.snooze,
    Verb.SWAP: effects.swap,
    Verb.BEGIN: effects.begin,
    Verb.ANOTHER: another,
    Verb.ENOUGH: effects.enough,
}


@dataclass(frozen=True)
class Answer:
    """What is said back, and what was understood."""

    text: str
    verb: Verb
    is_new: bool = field(default=True, compare=False)


def take(db: Database, vault: Vault, languages: Languages, reply: Reply, now: datetime) -> Answer:
    """Take one reply in, in one transaction; one that came before gets the same answer again."""
    with db.writing() as conn:
        return take_in(conn, vault, languages, reply, now)


def take_in(
    conn: Connection, vault: Vault, languages: Languages, reply: Reply, now: datetime
) -> Answer:
    """Take one reply in, within the caller's transaction."""
    with tracing.span("door.reply") as span:
        return _take_in(conn, vault, languages, reply, now, span)


def _take_in(
    conn: Connection,
    vault: Vault,
    languages: Languages,
    reply: Reply,
    now: datetime,
    span: tracing.Span,
) -> Answer:
    """Take a reply in; `span` tells of it.

    The occurrence is held before anything of it is written: two who answer at once take turns.
    """
    reply_id = replies.keep_reply(conn, reply)
    if reply_id is None and (newer := replies.newer_press(conn, reply)) is not None:
        # A button that is pressed again after another one: they have changed their mind back.
        reply = replace(reply, provider_id=f"{reply.provider_id}:{newer}")
        reply_id = replies.keep_reply(conn, reply)
    if reply_id is None:
        span.forget()
        return Answer(*replies.earlier_answer(conn, reply), is_new=False)
    couples.hold(conn, [reply.couple_id])
    couple = couples.load_couple(conn, reply.couple_id)
    partner, language = couple.partner_by_id(reply.partner_id), languages.of(couple.language)
    found = candidates(conn, couple, partner, reply, now)
    said = reply.said or read_timeout(vault, couple, language.grammar, reply, found.expected)
    said = said or parse(reply.text, language.grammar, found.expected)
    visit = Visit(vault, couple, partner, language, reply, said, now, reply_id)
    chosen = found.choose(said)
    meant = occurrences.lock_occurrence(conn, chosen.id) if chosen else None
    is_unasked = not found.any or (not found.linked and _is_choice(meant))
    if said.verb is Verb.DONE and said.code is None and is_unasked:
        meant = open_todays(conn, vault, visit) or meant
    if said.verb in goal.VERBS:
        meant = goal.meant(conn, visit, meant)
    _record(conn, vault, visit, reply_id, meant)
    note_reply(conn, span, visit, reply_id, meant)
    text = _act(conn, vault, visit, found, meant)
    replies.set_answer(conn, reply_id, text)
    way = None if said.verb in events.OWN_BUSINESS else reply.way  # each may have one of their own
    afterwards(conn, partial(metrics.replied, way, said.verb))
    if meant is not None and said.verb in ACKNOWLEDGING:
        late = (now - meant.due_at).total_seconds()
        afterwards(conn, partial(metrics.acknowledged, late))
    log.info("reply.taken", couple=couple.id, reply=f"r{reply_id}", way=way, verb=said.verb)
    return Answer(text, said.verb)


def _is_choice(meant: Occurrence | None) -> bool:
    """Say whether a choice is asked for, to which "we did it" is no answer."""
    return meant is not None and meant.stamp.kind is AnswerKind.CHOICE


def _record(
    conn: Connection, vault: Vault, visit: Visit, reply_id: int, meant: Occurrence | None
) -> None:
    """Write what was understood before acting on it: settling reads it back."""
    said = visit.said
    values = {
        "verb": said.verb,
        "tap": visit.tap,
        "rating": said.rating,
        "number": said.number,
        "choice": said.choice,
        "words_sealed": vault.seal(said.words) if said.words else None,
        "occurrence_id": meant.id if meant else None,
    }
    replies.complete_reply(conn, reply_id, values)
    occurrence_id = meant.id if meant else None
    is_private = meant is not None and PRIVATE in meant.stamp.about
    who = (visit.couple.id, reply_id, visit.partner.key)
    received = events.reply_received(
        *who, said.verb, occurrence_id, visit.now, is_private=is_private
    )
    ledger.append(conn, [received])


def _act(
    conn: Connection, vault: Vault, visit: Visit, found: Candidates, meant: Occurrence | None
) -> str:
    verb = visit.said.verb
    if verb in ASKED:
        return ASKED[verb](conn, visit)
    if verb in (Verb.HELP, Verb.UNKNOWN):
        return _help(conn, visit, found)
    if meant is None and verb in goal.VERBS and not found.expected.goals:
        return visit.language.say("no_goal")
    if meant is None:
        return _ask_which(conn, visit, found)
    if verb in MOVED:
        return MOVED[verb](conn, vault, visit, meant)
    is_account = verb in ACKNOWLEDGING
    return effects.acknowledge(conn, visit, meant) if is_account else visit.language.say("unknown")


def _help(conn: Connection, visit: Visit, found: Candidates) -> str:
    """Answer who asked for help, or was not understood."""
    if visit.said.verb is Verb.UNKNOWN:
        if visit.said.is_reaction:
            return ""  # a smile at our message asks for nothing
        if len(found.choices) > 1:
            return _ask_which(conn, visit, found)  # words alone may well be an answer to one
        if not found.any:
            return visit.language.say("nothing_open")
    return visit.language.say(visit.said.verb)


def _ask_which(conn: Connection, visit: Visit, found: Candidates) -> str:
    """Ask once, with the codes, where several are open; where none is, say so."""
    if not found.choices:
        return visit.language.say("nothing_open")
    choices = ", ".join(
        f"{code} {title_of(conn, visit, occurrence, unnamed='')}".strip()
        for occurrence, code in found.choices
    )
    return visit.language.say("which", choices=choices, code=found.choices[0][1])
