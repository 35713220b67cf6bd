"""What is done once a transaction is committed, and never where it is taken back: counting."""

from collections.abc import Callable

import structlog
from sqlalchemy import Connection

log = structlog.get_logger()

OPTION = "afterwards"
Deed = Callable[[], None]


def afterwards(conn: Connection, deed: Deed) -> None:
    """Do this when the transaction is committed; never in one that only rehearses."""
    deeds: list[Deed] | None = conn.get_execution_options().get(OPTION)
    if deeds is not None:
        deeds.append(deed)


def do_all(deeds: list[Deed]) -> None:
    """Do what a committed transaction left to do. What is committed stands, whatever breaks."""
    for deed in deeds:
        try:
            deed()
        except Exception:
            log.exception("afterwards.failed")
