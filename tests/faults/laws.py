"""What must be true after every step, whoever took it and whatever broke off before."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Row

from tests.faults.snapshot import Snapshot, stands
from troth.domain.states import ChannelState as C
from troth.domain.states import Excuse
from troth.domain.states import NudgeState as N
from troth.domain.states import OccurrenceState as O
from troth.store.records import stamp_from_json
from troth.store.tables import OUTCOMES

Moves = set[tuple[str | None, str | None]]
PLANS: Moves = {(None, N.PLANNED)}
TAKES_BACK: Moves = {(N.PLANNED, N.WITHDRAWN)}
RECALLS: Moves = {(state, None) for state in N if state not in (N.SENDING, N.SENT)}
RECORDS: Moves = {(N.SENDING, to) for to in N if to is not N.SENDING}

# Who may move what: the tables of docs/architecture.md. `None` is what is not there.
NUDGE_MOVES: Mapping[str, Moves] = {
    "plan": PLANS | {(None, N.FAILED)},
    "dispatch": {(N.PLANNED, N.SENDING), (N.PLANNED, N.EXPIRED)},
    "deliver": PLANS | {(N.SENDING, N.PLANNED), (N.SENDING, N.FAILED)},
    "record": PLANS | RECORDS,
    "reply": PLANS | TAKES_BACK | RECALLS | {(N.PLANNED, N.EXPIRED)},
    "follow_up": PLANS,
    "settle": TAKES_BACK | {(N.PLANNED, N.EXPIRED)},
    "apply": PLANS | TAKES_BACK | RECALLS,
    "sweep": PLANS | {(N.SENDING, N.PLANNED), (N.SENDING, N.FAILED)},
}
OCCURRENCE_MOVES: Mapping[str, Moves] = {
    "plan": {(None, O.OPEN)},
    "reply": {(old, new) for old in O for new in O} | {(O.OPEN, None)},
    "settle": {(O.OPEN, new) for new in O if new is not O.OPEN},
    "apply": {(O.OPEN, O.EXCUSED), (O.OPEN, None)},
}
FAILS: Moves = {(C.UNCONFIRMED, C.FAILING)}
CHANNEL_MOVES: Mapping[str, Moves] = {
    "apply": {(None, C.UNCONFIRMED), (None, C.CONFIRMED)},
    "reply": {(old, C.STOPPED) for old in C}
    | {(old, C.CONFIRMED) for old in C if old is not C.CONFIRMED},
    "deliver": FAILS,
    "record": FAILS,
    "sweep": FAILS,
}


def check_moves(before: Snapshot, after: Snapshot, who: str) -> None:
    """Every state moves as its table says, by the hand that it names."""
    kinds = (
        ("nudge", before.nudges, after.nudges, NUDGE_MOVES),
        ("occurrence", before.occurrences, after.occurrences, OCCURRENCE_MOVES),
        ("channel", before.channels, after.channels, CHANNEL_MOVES),
    )
    for kind, old, new, moves in kinds:
        for key in {**old, **new}:
            was = old[key].state if key in old else None
            now = new[key].state if key in new else None
            legal = was == now or (was, now) in moves.get(who, set())
            assert legal, f"{who} moved a {kind} from {was} to {now}: {new.get(key, old.get(key))}"


def check_marks(before: Snapshot, after: Snapshot, who: str) -> None:
    """Attempts count claims, marks stay, and what a worker was ever given is not deleted."""
    for seed, was in before.nudges.items():
        row = after.nudges.get(seed)
        if row is None:
            assert was.attempt == 0, f"{who} deleted a nudge that was claimed: {was}"
            continue
        claimed = row.attempt - was.attempt
        assert claimed == 0 or (claimed == 1 and who == "dispatch"), f"{who}: {was} -> {row}"
        assert row.repeated >= was.repeated, f"{who} forgot that this may have left: {row}"
        assert row.failures >= was.failures, f"{who} forgot a failure: {row}"
        took = row.picked and not was.picked
        assert not took or who == "deliver", f"{who} took a nudge in hand: {row}"


def check_nudges(now: Snapshot, left: Counter[int]) -> None:
    """What is not on its way is in nobody's hands; what left is known, once or marked."""
    for row in now.nudges.values():
        on_its_way = row.state == N.SENDING
        assert on_its_way == (row.lease_until is not None), f"a lease out of place: {row}"
        assert on_its_way or not row.picked, f"in hand, and not on its way: {row}"
        assert (row.state == N.SENT) == (row.sent_at is not None), row
        assert row.state != N.SENT or left[row.id], f"it is said to have left: {row}"
        assert left[row.id] <= 1 or row.repeated, f"it left again without a mark: {row}"
        assert left[row.id] <= max(row.attempt, 1), f"it left more often than it was claimed: {row}"
    known = {row.id for row in now.nudges.values()}
    assert not +left or set(+left) <= known, "what left is gone from the store"


def check_ledger(now: Snapshot) -> None:
    """One entry for each occurrence that came due, each nudge that was sent, each reply."""
    due = Counter(row.subject for row in now.events("ritual.due"))
    assert due == Counter(f"o{row.id}" for row in now.occurrences.values() if row.announced)
    sent = Counter((row.subject, row.data["repeated"]) for row in now.events("nudge.sent"))
    rows = (row for row in now.nudges.values() if row.state == N.SENT)
    assert sent == Counter((f"n{row.id}", row.repeated) for row in rows), "sent once, told once"
    heard = Counter(row.subject for row in now.events("reply.received"))
    assert heard == Counter(f"r{row}" for row in now.replies)


def check_born_once(now: Snapshot) -> None:
    """One occurrence of a ritual and a slot; what is open bears a number of its own."""
    slots = Counter((row.ritual_id, row.slot) for row in now.occurrences.values())
    assert all(times == 1 for times in slots.values()), slots
    codes: dict[tuple[int, int], set[int]] = {}
    for row in now.nudges.values():
        occurrence = now.occurrence(row.occurrence_id)
        if row.code is not None and occurrence is not None and occurrence.state == O.OPEN:
            codes.setdefault((row.partner_id, row.code), set()).add(occurrence.id)
    assert all(len(named) == 1 for named in codes.values()), f"a code means several: {codes}"


def check_counters(now: Snapshot) -> None:
    """A ritual's counters are what counting its occurrences anew would give."""
    for ritual in now.rituals.values():
        mine = [row.state for row in now.occurrences.values() if row.ritual_id == ritual.id]
        counted = {outcome: mine.count(outcome) for outcome in OUTCOMES}
        assert counted == {outcome: getattr(ritual, outcome) for outcome in OUTCOMES}, ritual.key


def check_miss(now: Snapshot) -> None:
    """A miss needs a delivery to everyone that it needed, or that one's own word."""
    for row in now.occurrences.values():
        if row.state in (O.MISSED, O.PARTIAL):
            known = now.reached(row.id) | set(now.answered(row.id))
            needed = set(stamp_from_json(row.terms).terms.needed)
            assert needed <= known, f"{row.state} without {needed - known}: {row}"


def check_settled(before: Snapshot, after: Snapshot, who: str, now: datetime) -> None:
    """What settles, settles as the rules say by what is known at that moment."""
    for key, row in after.occurrences.items():
        was = before.occurrences.get(key)
        if was is None or stands(was) == stands(row):
            continue
        if who == "apply":
            assert row.reason == Excuse.PAUSED, row
        else:
            assert stands(row) == after.judged(row, now), f"{who} settled {row} at {now}"


def check_over(after: Snapshot, now: datetime) -> None:
    """When settling is done, no window that is over is open."""
    late = [
        row for row in after.occurrences.values() if row.state == O.OPEN and row.settle_at <= now
    ]
    assert not late, late


def check_begun(store: Snapshot, nudge: Row[Any], now: datetime) -> None:
    """A send begins only in time, agreed to, unanswered, and by who has it in hand."""
    occurrence, channel = store.occurrence(nudge.occurrence_id), store.channels[nudge.channel_id]
    wanted = C.UNCONFIRMED if nudge.occurrence_id is None else C.CONFIRMED
    assert nudge.state == N.SENDING, nudge
    assert nudge.picked, nudge
    assert now < nudge.expires_at, f"stale at {now}: {nudge}"
    assert channel.state == wanted, f"its owner has not agreed: {channel}"
    assert channel.retired_at is None, f"its channel was taken out: {channel}"
    said = store.answered(nudge.occurrence_id)
    assert store.keys[nudge.partner_id] not in said, f"it was answered: {nudge}"
    assert occurrence is None or occurrence.state == O.OPEN, f"it is settled: {occurrence}"


def check_ended(now: Snapshot, moment: datetime) -> None:
    """When all is quiet, nothing is on its way, nothing due waits, nothing is unheard of."""
    for row in now.nudges.values():
        assert row.state != N.SENDING, f"it never ended: {row}"
        assert row.state != N.PLANNED or row.not_before > moment, f"it waits for ever: {row}"
    for row in now.occurrences.values():
        assert row.announced or row.due_at > moment, f"the ledger never heard of it: {row}"
    rows = chain(now.rituals.values())
    assert all(row.next_due is None or row.next_due > moment for row in rows), "not planned"
    check_over(now, moment)
