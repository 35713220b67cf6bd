"""What is met with silence: neither an answer nor a question, whoever sent it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from troth.domain.grammar import Grammar, Verb
from troth.domain.legal import legal_verb
from troth.domain.said import Expected
from troth.domain.states import ChannelState
from troth.domain.tapback import read_tapback
from troth.domain.visible import is_emoji, normal_words, visible_text
from troth.store import couples, nudges, replies
from troth.store.records import Channel, Nudge

# In every language that Troth speaks; anywhere else these words mean that something was done.
AGREEING = frozenset({("yes",), ("y",), ("ja",), ("si",), ("sí",), ("oui",), ("sim",)})
NOT_AGREED = (ChannelState.UNCONFIRMED, ChannelState.FAILING)
MOST_UNHELPFUL = 5  # answers to one address until it says something that is understood
MOST_ANSWERS, ANSWERS_IN = 12, timedelta(minutes=10)  # two machines may answer each other for ever
ECHOES_IN = timedelta(days=1)


def agrees(text: str) -> bool:
    """Say whether this is a plain yes."""
    return normal_words(text) in AGREEING


def is_passed_over(
    conn: Connection,
    channel: Channel,
    nudge: Nudge | None,
    text: str,
    quoted: str | None,
    grammar: Grammar,
    now: datetime,
) -> bool:
    """Say whether a message means nothing here.

    Until its owner has agreed, a channel takes only the law's words and a yes. A tap on what is no
    nudge about an occurrence answers nothing; nor does our own answer that comes back.
    """
    if channel.state in NOT_AGREED and not agrees(text):
        return legal_verb(visible_text(text), grammar, Expected()) is None
    tapped = read_tapback(text, grammar)
    is_tap = tapped is not None or (quoted is not None and is_emoji(text))
    is_about_nothing = nudge is None or nudge.occurrence_id is None
    if is_tap and is_about_nothing and (quoted or (tapped and tapped.quoted)):
        return True
    said = nudges.answers_by(conn, channel, now - ECHOES_IN)
    return visible_text(text) in {visible_text(each) for each in said}


def is_gone(conn: Connection, couple_id: int, text: str, grammar: Grammar) -> bool:
    """Say whether a couple takes part no more, and this is not the STOP that is heard all the same.

    Its file may come back one day; what was stopped meanwhile must stay so.
    """
    if couples.takes_part(conn, couple_id):
        return False
    return legal_verb(visible_text(text), grammar, Expected()) is not Verb.STOP


def is_enough(conn: Connection, channel: Channel, verb: Verb, now: datetime) -> bool:
    """Say whether who writes there has been answered enough, for a while or until understood."""
    if len(nudges.answers_by(conn, channel, now - ANSWERS_IN)) >= MOST_ANSWERS:
        return True
    if verb is not Verb.UNKNOWN:
        return False
    latest = replies.latest_verbs(conn, channel.partner_id, MOST_UNHELPFUL + 1)
    return latest == [Verb.UNKNOWN] * (MOST_UNHELPFUL + 1)
