"""enclosure: what goes with a nudge of the couple's own, opened for the one who may see it.

It is read when the nudge leaves, not when it was planned: words that were mended since are the
mended ones, and nothing private lies in the queue of nudges.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from troth.domain.states import AnswerKind, NudgePurpose
from troth.engine.digest import digest
from troth.engine.mechanisms.registry import BROUGHT, ENCLOSED
from troth.engine.shown import brought
from troth.store import couples
from troth.store.records import Parcel
from troth.store.vault import Vault

log = structlog.get_logger()


def enclose(
    conn: Connection, vault: Vault, parcels: Sequence[Parcel], now: datetime
) -> list[Parcel]:
    """Return the parcels with what goes with them; most need nothing.

    One whose own can't be read is left out, as if its row could not be.
    """
    enclosed = []
    for parcel in parcels:
        try:
            private = _private(conn, vault, parcel, now)
        except Exception as error:  # noqa: BLE001 - a damaged row must not hold up the batch
            log.warning("nudge.unreadable", nudge=f"n{parcel.nudge.id}", error=type(error).__name__)
            continue
        enclosed.append(replace(parcel, enclosed=private) if private else parcel)
    return enclosed


def _private(conn: Connection, vault: Vault, parcel: Parcel, now: datetime) -> str:
    mechanism = parcel.stamp.mechanism if parcel.stamp else None
    if parcel.nudge.purpose is NudgePurpose.SHARE:
        by_mechanism = BROUGHT.get(mechanism) if mechanism else None
        return by_mechanism(conn, vault, parcel) if by_mechanism else _brought(conn, vault, parcel)
    if parcel.topic_sealed:
        return vault.open(parcel.topic_sealed)
    if parcel.ritual is not None and parcel.ritual.kind is AnswerKind.REVIEW:
        return digest(conn, vault, parcel, now)
    enclosed = ENCLOSED.get(mechanism) if mechanism else None
    return enclosed(conn, vault, parcel) if enclosed else ""


def _brought(conn: Connection, vault: Vault, parcel: Parcel) -> str:
    """Return what the other wrote, or both their numbers, with the names before them."""
    couple = couples.load_couple(conn, parcel.nudge.couple_id)
    reader = couple.partner_by_id(parcel.nudge.partner_id)
    unit = (parcel.ritual.unit if parcel.ritual else None) or ""
    about = parcel.nudge.occurrence_id or 0
    words = brought(conn, vault, couple, reader, about, unit)
    return "\n".join(f"{word.name}: {word.text}" for word in words)
