"""What makes a burst of couples whose files were applied: consent, and rituals due when we say.

Done by hand in the store. `couple_ids` are ids of couples; None is all of them.
"""

from collections.abc import Collection
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, select, true, update

from troth.bootstrap import Store
from troth.domain.states import ChannelState, NudgePurpose, NudgeState
from troth.store.tables import channels, nudges, partners, rituals

Couples = Collection[int] | None


def agree(store: Store, couple_ids: Couples = None) -> None:
    """Confirm their channels and take the questions back, so that only ritual nudges leave.

    It is what the owners would do one by one on the pages of consent. No ritual of theirs is due
    before `fall_due` says so.
    """
    members = select(partners.c.id).where(_of(partners.c.couple_id, couple_ids))
    asked = (nudges.c.purpose == NudgePurpose.CONSENT) & (nudges.c.state == NudgeState.PLANNED)
    with store.db.writing() as conn:
        theirs = update(channels).where(channels.c.partner_id.in_(members))
        conn.execute(theirs.values(state=ChannelState.CONFIRMED))
        conn.execute(
            update(rituals).where(_of(rituals.c.couple_id, couple_ids)).values(next_due=None)
        )
        questions = update(nudges).where(asked, _of(nudges.c.couple_id, couple_ids))
        conn.execute(questions.values(state=NudgeState.WITHDRAWN))


def fall_due(
    store: Store, moment: datetime, zone: tzinfo = UTC, couple_ids: Couples = None
) -> None:
    """Let every ritual of theirs fall due at this aware moment; its slot is the minute there."""
    slot = moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")
    theirs = update(rituals).where(_of(rituals.c.couple_id, couple_ids))
    with store.db.writing() as conn:
        conn.execute(theirs.values(next_slot=slot, next_due=moment))


def _of(column: ColumnElement[Any], couple_ids: Couples) -> ColumnElement[bool]:
    return true() if couple_ids is None else column.in_(couple_ids)
