"""A pooler before PostgreSQL, such as PgBouncer, is noticed; what it can't do is done without.

Where it lends a connection for a transaction only, nothing may be left behind in one: no prepared
statement, no setting, no LISTEN.
"""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

# What PgBouncer says of settings that a client asks for as it connects.
REFUSAL = "unsupported startup parameter"


class Pooler:
    """Makes connections, and knows from the first one whether a pooler made it."""

    def __init__(self, still_ms: int) -> None:
        """`still_ms` is how long a transaction may stand still, in milliseconds."""
        self.is_there = False
        self._still_ms = still_ms

    def connect(
        self, dialect: Dialect, _entry: ConnectionPoolEntry, given: list[Any], named: dict[str, Any]
    ) -> Any:  # noqa: ANN401 - the driver's own connection
        """Connect in place of SQLAlchemy (its event `do_connect`)."""
        error = dialect.loaded_dbapi.OperationalError
        if not self.is_there:
            options = f"{self._limits()} {named.get('options', '')}".strip()
            try:
                return self._looked_at(dialect.connect(*given, **{**named, "options": options}))
            except error as refused:
                if REFUSAL not in str(refused):
                    raise
        return self._looked_at(dialect.connect(*given, **named))

    def begin(self, connection: Connection) -> None:
        """Say in each transaction that writes how long it may stand still, where that was refused.

        It must not keep its locks for ever (the event `begin`).
        """
        if self.is_there and connection.get_execution_options().get("writes", False):
            limit = f"SET LOCAL idle_in_transaction_session_timeout = {self._still_ms}"
            connection.exec_driver_sql(limit)

    def _limits(self) -> str:
        """Say how long to wait for who stands still between two statements, or amid an answer.

        PostgreSQL waits for ever for who does not read what it has asked for. Over TCP that is
        the kernel's matter; a Unix socket knows no such end.
        """
        still = self._still_ms
        return f"-c idle_in_transaction_session_timeout={still} -c tcp_user_timeout={still}"

    def _looked_at(self, connection: Any) -> Any:  # noqa: ANN401 - as above
        """Compare who answers with who was said to: a pooler gives a number of its own."""
        connection.autocommit = True
        ((server,),) = connection.execute("SELECT pg_backend_pid()").fetchall()
        connection.autocommit = False
        if server != connection.info.backend_pid:
            self.is_there = True
            connection.prepare_threshold = None
        return connection


def is_direct(connection: Connection) -> bool:
    """Return whether this connection leads to PostgreSQL itself, without a pooler."""
    driver: Any = connection.connection.driver_connection
    try:
        server = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    except DBAPIError:
        return False
    return bool(server == driver.info.backend_pid)
