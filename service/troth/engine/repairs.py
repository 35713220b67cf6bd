"""repairs: what an occurrence comes to where the couple repairs, or is asked whether to."""

from sqlalchemy import Connection

from troth.domain.repair import PRIVATE, Part, judge_offer, without_blame
from troth.domain.rules import Outcome, excused
from troth.domain.states import Excuse
from troth.store import repairs
from troth.store.records import Occurrence


def beside_repairs(
    conn: Connection, occurrence: Occurrence, outcome: Outcome | None, *, over: bool
) -> Outcome | None:
    """Return what an occurrence really comes to; `outcome` is what its answers say alone.

    What was due while a cycle ran is in no score, whatever was answered. Derived each time from the
    cycles there were, so that a late or mended answer comes to the same. What happens opens, and no
    clock, is left as it is.
    """
    about = occurrence.stamp.about
    if about.get("part") == Part.OFFER:
        wishes = repairs.wishes(conn, occurrence, int(about["first_reply"]))
        return judge_offer(wishes, occurrence.stamp.due, over=over)
    if outcome is None:
        return None
    if "occasion" in about:
        return without_blame(outcome, over=over) if PRIVATE in about else outcome
    frozen = repairs.covers(conn, occurrence.couple_id, occurrence.due_at)
    return excused(Excuse.PAUSED) if frozen else outcome
