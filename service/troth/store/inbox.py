"""Verbs on the built-in web inbox: what a `troth://` channel delivers to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from troth.store.batches import insert_rows
from troth.store.nudges import to_nudge
from troth.store.records import Nudge
from troth.store.tables import inbox, nudges
from troth.store.vault import Vault


@dataclass(frozen=True)
class Letter:
    """One nudge as it lies in an inbox."""

    id: int
    nudge: Nudge
    title: str
    body: str
    arrived_at: datetime


def put(conn: Connection, vault: Vault, values: dict[str, Any], title: str, body: str) -> None:
    """Lay a nudge into its partner's inbox; a second delivery of the same one changes nothing."""
    sealed = {"title_sealed": vault.seal(title), "body_sealed": vault.seal(body)}
    conn.execute(insert_rows(conn, inbox, [{**values, **sealed}]))


def letters(conn: Connection, vault: Vault, partner_id: int, last: int) -> list[Letter]:
    """Return a partner's latest nudges, newest first."""
    theirs = _letters().where(inbox.c.partner_id == partner_id)
    newest = theirs.order_by(inbox.c.id.desc()).limit(last)
    return [_letter(vault, row) for row in conn.execute(newest)]


def letters_after(conn: Connection, vault: Vault, letter_id: int) -> list[Letter]:
    """Return what was laid into any inbox since this letter (0: since ever), oldest first."""
    later = _letters().where(inbox.c.id > letter_id).order_by(inbox.c.id)
    return [_letter(vault, row) for row in conn.execute(later)]


def _letters() -> Select[Any]:
    columns = (inbox.c.title_sealed, inbox.c.body_sealed, inbox.c.arrived_at)
    query = select(nudges, inbox.c.id.label("letter_id"), *columns)
    return query.join(inbox, inbox.c.nudge_id == nudges.c.id)


def _letter(vault: Vault, row: Row[Any]) -> Letter:
    title, body = vault.open(row.title_sealed), vault.open(row.body_sealed)
    return Letter(row.letter_id, to_nudge(row), title, body, row.arrived_at)
