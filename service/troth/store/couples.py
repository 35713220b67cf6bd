"""Verbs on couples and their partners."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, Row, select, update

from troth.domain.quiet import QuietHours
from troth.store.batches import is_one_of
from troth.store.records import Couple, Partner
from troth.store.tables import couples, partners
from troth.store.vault import Vault, token_hash

log = structlog.get_logger()


@dataclass(frozen=True)
class CoupleSource:
    """Which file a couple came from."""

    id: int
    name: str
    source: str


def load_couples(conn: Connection, ids: Collection[int]) -> dict[int, Couple]:
    """Return couples by id, each with its partners; one that can't be read is left out."""
    rows = conn.execute(select(couples).where(is_one_of(conn, couples.c.id, ids))).all()
    members: dict[int, list[Row[Any]]] = {row.id: [] for row in rows}
    theirs = is_one_of(conn, partners.c.couple_id, ids)
    query = select(partners).where(theirs).order_by(partners.c.id)
    for member in conn.execute(query):
        members[member.couple_id].append(member)
    return {row.id: couple for row in rows if (couple := _read(row, members[row.id]))}


def load_couple(conn: Connection, couple_id: int) -> Couple:
    """Return one couple."""
    return load_couples(conn, [couple_id])[couple_id]


def hold(conn: Connection, ids: Collection[int]) -> None:
    """Hold couples until the transaction ends, so that two clocks give out codes in turn."""
    held = select(couples.c.id).where(couples.c.id.in_(ids)).order_by(couples.c.id)
    conn.execute(held.with_for_update(key_share=True)).all()


def hold_named(conn: Connection, names: Collection[str]) -> None:
    """Hold the couples of these names, as far as they exist, in the order that all keep to."""
    known = conn.execute(select(couples.c.id).where(couples.c.name.in_(names))).scalars()
    hold(conn, list(known))


def find_couple(conn: Connection, name: str) -> Couple | None:
    """Return the couple of this name, if it takes part."""
    query = select(couples.c.id).where(couples.c.name == name, couples.c.retired_at.is_(None))
    found = conn.execute(query).scalar()
    return None if found is None else load_couple(conn, found)


def takes_part(conn: Connection, couple_id: int) -> bool:
    """Say whether a couple is one of those that are served: it has not been retired."""
    query = select(couples.c.id).where(couples.c.id == couple_id, couples.c.retired_at.is_(None))
    return conn.execute(query).first() is not None


def all_couples(conn: Connection) -> list[CoupleSource]:
    """Return every couple that takes part, in order of name."""
    query = select(couples.c.id, couples.c.name, couples.c.source)
    rows = conn.execute(query.where(couples.c.retired_at.is_(None)).order_by(couples.c.name))
    return [CoupleSource(row.id, row.name, row.source) for row in rows]


def find_by_token(conn: Connection, token: str) -> tuple[Couple, Partner] | None:
    """Return the partner whose secret inbox address holds this token."""
    query = select(partners.c.couple_id, partners.c.id).join(couples)
    query = query.where(partners.c.token_hash == token_hash(token), couples.c.retired_at.is_(None))
    found = conn.execute(query).first()
    if found is None:
        return None
    couple = load_couple(conn, found.couple_id)
    return couple, couple.partner_by_id(found.id)


def find_by_calendar(conn: Connection, vault: Vault, token: str) -> tuple[Couple, Partner] | None:
    """Return the partner whose calendar's address holds this token."""
    number = token.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    query = select(partners.c.couple_id, partners.c.seed).join(couples)
    query = query.where(partners.c.id == int(number), couples.c.retired_at.is_(None))
    found = conn.execute(query).first()
    if found is None or not vault.is_calendar_token(token, int(number), found.seed):
        return None
    couple = load_couple(conn, found.couple_id)
    return couple, couple.partner_by_id(int(number))


def save_couple(conn: Connection, values: Mapping[str, object]) -> int:
    """Insert the couple of this name, or bring it up to date and back; return its id."""
    name = values["name"]
    found: int | None = conn.execute(select(couples.c.id).where(couples.c.name == name)).scalar()
    if found is None:
        inserted = conn.execute(couples.insert().values(**values).returning(couples.c.id))
        return int(inserted.scalar_one())
    conn.execute(update(couples).where(couples.c.id == found).values(retired_at=None, **values))
    return found


def set_custom(conn: Connection, couple: Couple, name: str, sealed: str | None) -> None:
    """Write one of a couple's own choices, or None where it has none; the others stay."""
    customs = {**couple.customs, name: sealed}
    held = {key: value for key, value in customs.items() if value is not None}
    conn.execute(update(couples).where(couples.c.id == couple.id).values(customs=held))


def save_partner(
    conn: Connection, vault: Vault, couple_id: int, key: str, values: Mapping[str, object]
) -> int:
    """Insert or update one partner; return their id."""
    mine = (partners.c.couple_id == couple_id) & (partners.c.key == key)
    found: int | None = conn.execute(select(partners.c.id).where(mine)).scalar()
    if found is not None:
        conn.execute(update(partners).where(mine).values(**values))
        return found
    seed, hashed = vault.new_token()
    row = {"couple_id": couple_id, "key": key, "seed": seed, "token_hash": hashed, **values}
    return int(conn.execute(partners.insert().values(**row).returning(partners.c.id)).scalar_one())


def retire_couple(conn: Connection, couple_id: int, now: datetime) -> None:
    """Let a couple take part no more; its history stays."""
    conn.execute(update(couples).where(couples.c.id == couple_id).values(retired_at=now))


def paused_beyond(conn: Connection, couple_id: int, moment: datetime) -> set[str]:
    """Return the keys of the partners whose pause lasts beyond a moment."""
    query = select(partners.c.key).where(
        partners.c.couple_id == couple_id, partners.c.paused_until > moment
    )
    return set(conn.execute(query).scalars())


def set_pause(conn: Connection, partner_id: int, until: datetime) -> None:
    """Let nothing reach a partner until then."""
    conn.execute(update(partners).where(partners.c.id == partner_id).values(paused_until=until))


def end_pause(conn: Connection, partner_id: int, now: datetime) -> bool:
    """End a partner's pause; return whether there was one."""
    held = update(partners).where(partners.c.id == partner_id, partners.c.paused_until > now)
    return conn.execute(held.values(paused_until=None)).rowcount > 0


def _read(row: Row[Any], members: list[Row[Any]]) -> Couple | None:
    """Read a couple's rows; a damaged one must not stop the others."""
    try:
        return _couple(row, members)
    except Exception as error:  # noqa: BLE001 - a zone that names a folder is an OSError
        log.warning("couple.unreadable", couple=row.id, error=type(error).__name__)
        return None


def _couple(row: Row[Any], members: list[Row[Any]]) -> Couple:
    return Couple(
        id=row.id,
        name=row.name,
        zone=ZoneInfo(row.timezone),
        day_starts=time.fromisoformat(row.day_starts),
        language=row.language,
        partners=tuple(_partner(member) for member in members),
        customs=row.customs if isinstance(row.customs, dict) else {},
    )


def _partner(row: Row[Any]) -> Partner:
    quiet = QuietHours.parse(row.quiet) if row.quiet else None
    zone = ZoneInfo(row.timezone)
    return Partner(row.id, row.key, row.name, zone, quiet, row.seed, row.most_a_day)
