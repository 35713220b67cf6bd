"""shown: what of an occurrence a partner may see, wherever it is asked: nudge, page, log."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from troth.domain.grammar import Verb
from troth.domain.said import WORDED
from troth.domain.showing import are_shown
from troth.domain.states import AnswerKind, Visibility
from troth.store import answers
from troth.store.answers import NUMBERED, Answered
from troth.store.records import Couple, Partner
from troth.store.replies import Acknowledgement
from troth.store.vault import Vault

MEASURED = frozenset({AnswerKind.RATING, AnswerKind.NUMBER})
_REASONS = (Verb.SKIP, Verb.NO)  # what stands beside them is no answer


@dataclass(frozen=True)
class Word:
    """What somebody wrote or measured, for one who may see it. `key` is the partner's."""

    key: str
    name: str
    text: str = field(repr=False)


def words_shown(vault: Vault, couple: Couple, about: Answered) -> tuple[Word, ...]:
    """Return both partners' words where they may be seen: at once, or revealed together."""
    stamp = about.stamp
    if stamp.kind not in WORDED or not are_shown(stamp.visibility, stamp.due, about.wrote):
        return ()
    return words_of(vault, couple, about)


def words_of(vault: Vault, couple: Couple, about: Answered) -> tuple[Word, ...]:
    """Return what each wrote of an occurrence, opened; the caller knows that it may be seen."""
    return tuple(
        Word(partner.key, partner.name, opened(vault, about.said[partner.key]))
        for partner in couple.partners
        if partner.key in about.wrote
    )


def numbers_shown(couple: Couple, about: Answered, unit: str | None) -> tuple[Word, ...]:
    """Return both partners' numbers, where both want them to be seen."""
    if not about.are_numbers_shared:
        return ()
    return tuple(
        Word(partner.key, partner.name, measured(about.said[partner.key], unit))
        for partner in couple.partners
        if partner.key in about.said
    )


def brought(
    conn: Connection, vault: Vault, couple: Couple, reader: Partner, occurrence_id: int, unit: str
) -> tuple[Word, ...]:
    """Return what a nudge of purpose SHARE brings its reader, as things stand; none for nothing."""
    about = answers.answered_on(conn, occurrence_id)
    if about is None:
        return ()
    if about.stamp.kind in MEASURED:
        return numbers_shown(couple, about, unit)
    if about.stamp.visibility is Visibility.SEALED or _waits(about):
        return ()
    return tuple(
        Word(partner.key, partner.name, opened(vault, word))
        for partner in couple.partners
        if partner.id != reader.id
        and (word := about.said.get(partner.key))
        and word.words_sealed
        and word.verb not in _REASONS
    )


def opened(vault: Vault, word: Acknowledgement) -> str:
    """Return somebody's words; the caller knows that they may be seen."""
    return vault.open(word.words_sealed) if word.words_sealed else ""


def measured(word: Acknowledgement, unit: str | None) -> str:
    """Return a rating or a number as it is shown, with its unit; empty for anything else."""
    if word.verb not in NUMBERED:
        return ""
    if word.verb is Verb.RATING:
        return str(word.rating)
    return with_unit(word.number, unit)


def with_unit(number: float | None, unit: str | None) -> str:
    """Return a measurement as people write it: `62 ms`."""
    shown = "" if number is None else f"{round(number, 3):.10g}"
    return f"{shown} {unit}" if unit else shown


def _waits(about: Answered) -> bool:
    stamp = about.stamp
    is_revealed = stamp.kind in WORDED and stamp.visibility is Visibility.REVEALED
    return is_revealed and not are_shown(stamp.visibility, stamp.due, about.wrote)
