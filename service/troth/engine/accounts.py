"""What each partner's answers to an occurrence come to, as its mechanism reads them."""

from sqlalchemy import Connection

from troth.domain.agreement import agreed_accounts
from troth.domain.states import Account, Mechanism, Rule
from troth.engine.mechanisms import goal
from troth.engine.mechanisms.agreement import heard_of
from troth.store import couples, replies, rituals
from troth.store.records import Occurrence, ritual_from_json


def accounts_of(conn: Connection, occurrence: Occurrence, *, over: bool) -> dict[str, Account]:
    """Return each partner's account, by key; `over` says whether its window has ended."""
    said = replies.said_of(conn, [occurrence.id])[occurrence.id]
    if occurrence.stamp.mechanism is Mechanism.AGREEMENT:
        return agreed_accounts(heard_of(conn, [occurrence])[occurrence.id])
    accounts = {word.partner: word.account for word in said}
    if over and occurrence.stamp.mechanism is Mechanism.GOAL:
        return _resting(conn, occurrence) | accounts
    return accounts


def _resting(conn: Connection, occurrence: Occurrence) -> dict[str, Account]:
    """Leave out the share of who has reached a goal of their own and named no other."""
    if occurrence.stamp.rule is not Rule.EACH:
        return {}
    row = rituals.load_rituals(conn, [occurrence.ritual_id])[occurrence.ritual_id]
    couple = couples.load_couple(conn, occurrence.couple_id)
    ritual = ritual_from_json(row.spec)
    resting = goal.resting(conn, couple, row.id, ritual, before=occurrence.due_at)
    return dict.fromkeys(resting, Account.SKIP)
