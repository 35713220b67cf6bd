"""seen: what was said, as far as one partner may see it: their own, and what was shown to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.ritual import Ritual
from troth.domain.states import AnswerKind, Section, Visibility
from troth.engine.shown import measured, numbers_shown, opened, words_of, words_shown
from troth.store import answers, past, rituals
from troth.store.answers import Answered
from troth.store.records import Couple, Partner, ritual_if_sound
from troth.store.vault import Vault


@dataclass(frozen=True)
class Seen:
    """One answer, as its reader may see it; `at` is UTC in ISO 8601, `said` a verb."""

    at: str
    ritual: str
    occurrence: str
    partner: str
    name: str
    said: str
    text: str = field(repr=False)


def seen(conn: Connection, vault: Vault, couple: Couple, reader: Partner, last: int) -> list[Seen]:
    """Return the latest answers that a partner may see, oldest first."""
    rows = rituals.load_rituals(conn, _ids(conn, couple))
    reviewed = _reviewed(conn, rows)
    found = [
        line
        for about in answers.answered(conn, couple.id)
        for line in _lines(vault, couple, reader, about, rows[about.ritual_id], reviewed)
    ]
    return sorted(found, key=lambda line: line.at)[-last:]


def _ids(conn: Connection, couple: Couple) -> list[int]:
    return [int(row.id) for row in rituals.rituals_of(conn, couple.id).values()]


def _lines(
    vault: Vault,
    couple: Couple,
    reader: Partner,
    about: Answered,
    row: Row[Any],
    reviewed: Mapping[str, datetime],
) -> Iterable[Seen]:
    ritual = ritual_if_sound(row.spec)
    texts = _shown(vault, couple, about, ritual, reviewed)
    for partner in couple.partners:
        word = about.said.get(partner.key)
        if word is None or (partner.id != reader.id and partner.key not in texts):
            continue
        own = " ".join(filter(None, (measured(word, _unit(ritual)), opened(vault, word))))
        yield Seen(
            at=word.received_at.isoformat().replace("+00:00", "Z"),
            ritual=row.key,
            occurrence=f"o{about.id}",
            partner=partner.key,
            name=partner.name,
            said=word.verb,
            text=own if partner.id == reader.id else texts[partner.key],
        )


def _shown(
    vault: Vault,
    couple: Couple,
    about: Answered,
    ritual: Ritual | None,
    reviewed: Mapping[str, datetime],
) -> dict[str, str]:
    """Return what both may see of an occurrence, by partner key."""
    words = words_shown(vault, couple, about) or numbers_shown(couple, about, _unit(ritual))
    if not words and about.stamp.visibility is Visibility.REVIEW and ritual:
        opened_at = reviewed.get(ritual.practice)
        written = words_of(vault, couple, about)
        words = tuple(w for w in written if opened_at and about.since[w.key] <= opened_at)
    return {word.key: word.text for word in words}


def _reviewed(conn: Connection, rows: Mapping[int, Row[Any]]) -> dict[str, datetime]:
    """Return until when a review has laid open what was written for a practice, by its name."""
    reviewed: dict[str, datetime] = {}
    for row_id, row in rows.items():
        ritual = ritual_if_sound(row.spec)
        if ritual is None or ritual.kind is not AnswerKind.REVIEW:
            continue
        due = past.latest_due(conn, row_id) if Section.WORDS in ritual.digest else None
        for practice in ritual.of if due else ():
            reviewed[practice] = max(filter(None, (due, reviewed.get(practice))))
    return reviewed


def _unit(ritual: Ritual | None) -> str | None:
    return ritual.unit if ritual else None
