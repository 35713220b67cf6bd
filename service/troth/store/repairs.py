"""Verbs on repairs: the cycles, which are seasons of a kind of their own, and offers of one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from troth.domain.grammar import Verb
from troth.domain.repair import LONGEST, Stage
from troth.domain.states import Origin
from troth.store.occurrences import to_occurrence
from troth.store.records import Occurrence
from troth.store.replies import ACCOUNTS
from troth.store.rituals import key_on_occasion
from troth.store.tables import occurrences, partners, replies, rituals, seasons

KIND = "repair"


@dataclass(frozen=True)
class Repair:
    """A cycle. `offer` is the id of the occurrence in which both said yes: its identity."""

    id: int
    offer: int
    starts_at: datetime
    ends_at: datetime | None
    stage: Stage


def begin(conn: Connection, couple_id: int, offer: int, now: datetime) -> None:
    """Begin a cycle, at its first stage."""
    values = {
        "couple_id": couple_id,
        "kind": KIND,
        "origin": Origin.REPLY,
        "starts_at": now,
        "stage": Stage.ACKNOWLEDGEMENT,
        "about": {"offer": str(offer)},
    }
    conn.execute(seasons.insert().values(**values))


def running(conn: Connection, couple_id: int, now: datetime) -> Repair | None:
    """Return the cycle that runs at aware `now`; each ends by itself after the longest time."""
    latest = latest_repair(conn, couple_id)
    runs = latest is not None and latest.ends_at is None and now < latest.starts_at + LONGEST
    return latest if runs else None


def latest_repair(conn: Connection, couple_id: int) -> Repair | None:
    """Return a couple's last cycle."""
    query = select(seasons).where(seasons.c.couple_id == couple_id, seasons.c.kind == KIND)
    row = conn.execute(query.order_by(seasons.c.id.desc()).limit(1)).first()
    return None if row is None else _repair(row)


def covers(conn: Connection, couple_id: int, moment: datetime) -> bool:
    """Say whether a cycle of the couple's ran at a moment."""
    query = select(seasons.c.id).where(
        seasons.c.couple_id == couple_id,
        seasons.c.kind == KIND,
        seasons.c.starts_at <= moment,
        seasons.c.starts_at > moment - LONGEST,
        or_(seasons.c.ends_at.is_(None), seasons.c.ends_at > moment),
    )
    return conn.execute(query.limit(1)).first() is not None


def set_stage(conn: Connection, repair: Repair, stage: Stage) -> None:
    """Write how far a cycle has come."""
    conn.execute(update(seasons).where(seasons.c.id == repair.id).values(stage=stage))


def end(conn: Connection, repair: Repair, now: datetime) -> bool:
    """End a cycle; return whether it had not ended before."""
    running_still = (seasons.c.id == repair.id) & seasons.c.ends_at.is_(None)
    return conn.execute(update(seasons).where(running_still).values(ends_at=now)).rowcount > 0


def asked(conn: Connection, couple_id: int, practice: str, limit: int) -> list[Occurrence]:
    """Return the last occurrences of what a couple does on occasion, newest first."""
    query = (
        select(occurrences)
        .join(rituals, rituals.c.id == occurrences.c.ritual_id)
        .where(rituals.c.couple_id == couple_id, rituals.c.key == key_on_occasion(practice))
        .order_by(occurrences.c.id.desc())
        .limit(limit)
    )
    return [to_occurrence(row) for row in conn.execute(query)]


def to_judge_anew(conn: Connection, couple_id: int, now: datetime) -> list[int]:
    """Return what was settled before its time came: a cycle that begins or ends changes that."""
    query = select(occurrences.c.id).where(
        occurrences.c.couple_id == couple_id,
        occurrences.c.due_at >= now,
        occurrences.c.settled_at.is_not(None),
    )
    return list(conn.execute(query.order_by(occurrences.c.id)).scalars())


def opener_of(conn: Connection, first_reply: int) -> int | None:
    """Return the id of the partner whose reply opened an offer."""
    query = select(replies.c.partner_id).where(replies.c.id == first_reply)
    found: int | None = conn.execute(query).scalar()
    return found


def wishes(conn: Connection, offer: Occurrence, first_reply: int) -> Mapping[str, bool | None]:
    """Return what each partner last wished of an offer: yes, no, or (None) neither.

    Who says `repair` while it is open has said yes, and `repair over` is a no.
    """
    query = (
        select(partners.c.key, replies.c.verb, replies.c.choice)
        .join(partners, partners.c.id == replies.c.partner_id)
        .where(partners.c.couple_id == offer.couple_id, replies.c.id >= first_reply)
        .where(or_(_spoken(offer), _answered(offer)))
        .order_by(replies.c.id)
    )
    return {row.key: _wish(row.verb, row.choice) for row in conn.execute(query)}


def _spoken(offer: Occurrence) -> ColumnElement[bool]:
    verbs: Collection[Verb] = (Verb.REPAIR, Verb.REPAIR_OVER)
    return replies.c.verb.in_(verbs) & (replies.c.received_at < offer.ends_at)


def _answered(offer: Occurrence) -> ColumnElement[bool]:
    return (replies.c.occurrence_id == offer.id) & replies.c.verb.in_(ACCOUNTS)


def _wish(said: str, choice: str | None) -> bool | None:
    verb = Verb(said)
    if verb is Verb.CHOICE:
        return choice == "yes"
    return {Verb.REPAIR: True, Verb.DONE: None}.get(verb, False)


def _repair(row: Row[Any]) -> Repair:
    return Repair(row.id, int(row.about["offer"]), row.starts_at, row.ends_at, Stage(row.stage))
