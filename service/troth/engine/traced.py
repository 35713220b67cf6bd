"""What traces tell of nudges and replies: ids, schemes, outcomes; of nobody what is theirs."""

from datetime import datetime

from sqlalchemy import Connection

from troth.delivery.outcome import Outcome, Sent, TryAgain
from troth.domain.repair import PRIVATE
from troth.domain.states import NudgeState
from troth.engine.events import OWN_BUSINESS
from troth.engine.visit import Visit
from troth.store import nudges
from troth.store.records import Occurrence, Parcel
from troth.telemetry import tracing


def outcome_word(outcome: Outcome) -> str:
    """Name what a send came to."""
    if isinstance(outcome, Sent):
        return "sent"
    return "try again" if isinstance(outcome, TryAgain) else "refused"


def trace_end(parcel: Parcel, came_to: str, ended: datetime) -> None:
    """Tell the whole way of a nudge that came to its end at an aware moment."""
    nudge, channel = parcel.nudge, parcel.channel
    tracing.came_to_its_end(
        nudge.id,
        nudge.due_at,
        ended,
        nudge=f"n{nudge.id}",
        occurrence=nudge.occurrence_id and f"o{nudge.occurrence_id}",
        purpose=nudge.purpose,
        scheme=channel.scheme if channel else None,
        outcome=came_to,
        attempts=nudge.attempt,
    )


def note_reply(
    conn: Connection, span: tracing.Span, visit: Visit, reply_id: int, meant: Occurrence | None
) -> None:
    """Say of a reply what may be known of it, and which nudge it answers.

    Who stopped, paused or asked for a repair is nobody's to know: of these the verb is all.
    """
    span.note(verb=visit.said.verb)
    is_private = meant is not None and PRIVATE in meant.stamp.about
    if not tracing.is_on() or is_private or visit.said.verb in OWN_BUSINESS:
        return
    span.note(reply=f"r{reply_id}", way=visit.reply.way)
    nudge_id = visit.reply.nudge_id or (_asked(conn, visit, meant) if meant else None)
    if nudge_id is not None:
        span.link(nudge_id)


def _asked(conn: Connection, visit: Visit, meant: Occurrence) -> int | None:
    """Return the latest nudge that asked this partner about it."""
    asked = [
        nudge.id
        for nudge in nudges.nudges_of(conn, meant.id)
        if nudge.partner_id == visit.partner.id and nudge.state is NudgeState.SENT
    ]
    return asked[-1] if asked else None
