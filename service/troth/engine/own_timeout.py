"""The couple's own word for a pause: sealed in the store, read at the door."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from troth.domain.grammar import Grammar
from troth.domain.reply import Reply
from troth.domain.said import Expected, Said
from troth.domain.timeout import OwnTimeout, read_own_word
from troth.errors import TrothError
from troth.schedules.models import TimeoutForm
from troth.store import couples
from troth.store.records import Couple
from troth.store.vault import Vault

log = structlog.get_logger()

NAME = "timeout"  # among a couple's customs


def seal_timeout(vault: Vault, own: OwnTimeout) -> str | None:
    """Return what the store keeps of it; None where nothing is the couple's own."""
    if own == OwnTimeout():
        return None
    returns = own.returns.total_seconds() if own.returns else None
    return vault.seal(json.dumps({**asdict(own), "returns": returns}))


def apply_timeout(conn: Connection, vault: Vault, couple: Couple, form: TimeoutForm) -> None:
    """Keep what a couple's file says of it; what is the same already is left as it is."""
    wanted = OwnTimeout(form.word, form.text, form.returns)
    if wanted != own_timeout(vault, couple):
        couples.set_custom(conn, couple, NAME, seal_timeout(vault, wanted))


def own_timeout(vault: Vault, couple: Couple) -> OwnTimeout:
    """Return what a couple has agreed on; without its key, as if it were nothing."""
    sealed = couple.customs.get(NAME)
    if sealed is None:
        return OwnTimeout()
    try:
        return _read(json.loads(vault.open(sealed)))
    except (TrothError, ValueError, TypeError, LookupError, AttributeError) as error:
        log.warning("timeout.unreadable", couple=couple.id, error=type(error).__name__)
        return OwnTimeout()


def _read(held: Mapping[str, Any]) -> OwnTimeout:
    returns = timedelta(seconds=held["returns"]) if held["returns"] else None
    return OwnTimeout(held["word"], held["text"], returns)


def read_timeout(
    vault: Vault, couple: Couple, grammar: Grammar, reply: Reply, expected: Expected
) -> Said | None:
    """Return the pause that a reply asks for by the couple's own word, or None."""
    word = own_timeout(vault, couple).word
    return read_own_word(word, reply.text, grammar, expected) if word else None
