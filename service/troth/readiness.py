"""Whether Troth can work, and whether it does: asked by machines, by doctor and before a ping."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from troth.asking import Asking
from troth.bootstrap import Store, check_bell
from troth.engine.unwell import (
    DATABASE_UNREACHABLE,
    DOORBELL_UNREACHABLE,
    KEY_UNFIT,
    SCHEMA_BEHIND,
    SCHEMA_NEWER,
    Reason,
    why_late,
)
from troth.errors import TrothError
from troth.store.backlog import read_backlog
from troth.store.database import UnreachableError
from troth.store.keyfile import check_key
from troth.store.schema import SchemaBehindError, SchemaNewerError, check_revision
from troth.store.vault import KeyUnfitError

PATIENCE = 3.0  # seconds: who asks whether a machine is well does not wait for long

Reasons = Sequence[Reason]
_REASONS: dict[type[TrothError], Reason] = {
    UnreachableError: DATABASE_UNREACHABLE,
    SchemaBehindError: SCHEMA_BEHIND,
    SchemaNewerError: SCHEMA_NEWER,
    KeyUnfitError: KEY_UNFIT,
}


def reason_of(error: TrothError) -> Reason | None:
    """Return the reason that an error is, if it is one of those with an id."""
    return _REASONS.get(type(error))


def why_not_ready(store: Store, *, rings: bool) -> Reasons:
    """Return what keeps this process from its work; who `rings` needs the doorbell, too.

    It only reads: to take the writer's place would keep others from it.
    """
    reasons = _read(store, lambda conn: _unusable(conn, store))
    return [*reasons, *(_unreached(store) if rings else ())]


def why_unwell(store: Store) -> Reasons:
    """Return what is not well with the service, this process being one of those that make it up."""
    reasons = why_not_ready(store, rings=True)
    return reasons or _read(store, lambda conn: why_behind(conn, store))


def why_behind(conn: Connection, store: Store) -> Reasons:
    """Return why the service is late."""
    now, late = store.clock.now(), timedelta(seconds=store.settings.late_seconds)
    return why_late(read_backlog(conn, now), now, late)


def _read(store: Store, look: Callable[[Connection], Reasons]) -> Reasons:
    try:
        with store.db.reading() as conn:
            return look(conn)
    except SQLAlchemyError:
        return [DATABASE_UNREACHABLE]


def _unusable(conn: Connection, store: Store) -> Reasons:
    try:
        check_revision(conn)
        check_key(conn, store.vault)
    except TrothError as error:
        return [reason] if (reason := reason_of(error)) else []
    return []


def _unreached(store: Store) -> Reasons:
    try:
        check_bell(store.settings)
    except TrothError:
        return [DOORBELL_UNREACHABLE]
    return []


class Look:
    """A look that waits for no database that hangs; see Asking."""

    def __init__(self, look: Callable[[], Reasons], patience: float = PATIENCE) -> None:
        self._looking, self._patience = Asking(look), patience

    async def reasons(self) -> Reasons:
        """Return what is found; that the database does not answer, where that takes too long."""
        found = asyncio.wrap_future(self._looking.begun())
        done, _ = await asyncio.wait([found], timeout=self._patience)
        return found.result() if done else [DATABASE_UNREACHABLE]

    def wait(self) -> Reasons:
        """See `reasons`; for who has a thread to wait in."""
        try:
            return self._looking.begun().result(self._patience)
        except TimeoutError:
            return [DATABASE_UNREACHABLE]
