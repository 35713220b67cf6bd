"""Connections to the store."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, Engine, ExceptionContext, make_url
from sqlalchemy.exc import (
    ArgumentError,
    InterfaceError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from troth import __version__
from troth.errors import TrothError
from troth.store.afterwards import OPTION, Deed, do_all
from troth.store.pooler import Pooler

PROGRAM = "troth"
BUSY_MS = 15_000  # for which a writer on SQLite waits, for its turn and for the file together
_LEFT_MS = "left_ms"  # an execution option
_NO_TURN = "database is locked, and other writers of this process wait for it, too"
# What says that the store is away for a while: no server, a dropped connection, a primary that has
# become a replica and only reads (an internal error, to the driver), no connection free. A single
# statement may be refused by the same names: see away.is_away.
AWAY = (OperationalError, InterfaceError, InternalError, NoConnectionError)
READ_ONLY = "25006"  # what PostgreSQL says to whoever writes where only reading is allowed
STILL_MS = 60_000  # a process that stands still in a transaction must not keep its locks for ever
# A database whose host lost power says nothing more. Left to itself, the kernel waits for a quarter
# of an hour for what it sent to be received, and for two hours where it only listens.
PATIENCE = {
    "connect_timeout": 10,  # seconds
    "tcp_user_timeout": 15_000,  # milliseconds until what was sent must have been received
    "keepalives_idle": 15,  # seconds of silence until the other side is asked whether it is there
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class UnreachableError(TrothError):
    """The database can't be reached, or not be written."""


class Database:
    """One database, opened. `reading` and `writing` each give a connection inside a transaction.

    `durable=False` is for a SQLite file that nobody needs after a power cut: it waits for no disk.
    `listen_url` leads to the same PostgreSQL without a pooler.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 20,
        durable: bool = True,
        listen_url: str | None = None,
    ) -> None:
        self.url = _parse(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._pooler = Pooler(STILL_MS)
        self.engine = _engine(self.url, pool_size, self._pooler, durable=durable)
        self._direct = _listening_engine(listen_url)
        self._turns = threading.Lock()  # of writers on SQLite
        self._writer = self.engine.execution_options(writes=True)
        self._reader = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        )

    @property
    def shown_url(self) -> str:
        """Where it is, for people: without its password, and whatever else may be a secret."""
        places = {name: value for name, value in self.url.query.items() if name in ("host", "port")}
        return self.url.set(query=places).render_as_string(hide_password=True)

    @property
    def is_pooled(self) -> bool:
        """Whether a pooler was noticed, which takes a first connection."""
        return self._pooler.is_there

    @property
    def listening(self) -> Engine | None:
        """What to listen by; None where nobody is told anything."""
        if self._direct is not None or not (self.is_sqlite or self.is_pooled):
            return self._direct or self.engine
        return None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one snapshot and changes nothing."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are committed together, or not at all.

        On SQLite the one writer's place is taken at once, so that what was read stays true. Its
        threads wait for each other here: SQLite's own waiting knows no turns, and under many
        replies at once one may wait until it gives up. Who finds no turn within BUSY_MS is told
        what a busy SQLite tells (OperationalError, one of AWAY), and has changed nothing.
        """
        deeds: list[Deed] = []
        with self._turn() as left_ms, self._writer.connect() as connection:
            connection.execution_options(**{OPTION: deeds, _LEFT_MS: left_ms})
            with connection.begin():
                yield connection
        do_all(deeds)

    @contextmanager
    def _turn(self) -> Iterator[int]:
        """Wait for a turn to write; give how many milliseconds are left to wait for the file."""
        if not self.is_sqlite:
            yield BUSY_MS
            return
        ends = time.monotonic() + BUSY_MS / 1e3
        if not self._turns.acquire(timeout=BUSY_MS / 1e3):
            busy = sqlite3.OperationalError(_NO_TURN)
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("BEGIN IMMEDIATE", None, busy)
        try:
            yield max(0, round((ends - time.monotonic()) * 1e3))
        finally:
            self._turns.release()

    @contextmanager
    def rehearsing(self) -> Iterator[Connection]:
        """Give a connection whose changes are all taken back at the end."""
        with self._writer.connect() as connection:
            yield connection
            connection.rollback()

    def check(self) -> None:
        """Raise TrothError when the database can't be reached or written."""
        try:
            with self.writing():
                pass
        except OperationalError as error:
            raise UnreachableError(_unreachable(self.url, error)) from error

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self._direct is not None:
            self._direct.dispose()


def be_patient(conn: Connection) -> None:
    """Let this transaction stand still for the length of a slow pipe or disk; see STILL_MS."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        conn.exec_driver_sql("SET LOCAL tcp_user_timeout = 0")


def _parse(url: str, name: str = "TROTH_DATABASE_URL") -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise TrothError(
            f"{name} is no database URL; write for example "
            "sqlite:////var/lib/troth/troth.db or postgresql://troth@/troth"
        ) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
        raise TrothError(
            f"{name} names {parsed.get_backend_name()}; Troth keeps its store in "
            "sqlite:// or postgresql://"
        )
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _listening_engine(url: str | None) -> Engine | None:
    if url is None:
        return None
    parsed = _parse(url, "TROTH_DATABASE_LISTEN_URL")
    if parsed.get_backend_name() == "sqlite":
        raise TrothError(
            "TROTH_DATABASE_LISTEN_URL is for PostgreSQL behind a pooler; take it out for SQLite"
        )
    return _engine(parsed, 1, Pooler(STILL_MS), durable=True)


def _engine(url: URL, pool_size: int, pooler: Pooler, *, durable: bool) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(url, pool_size, durable=durable)
        return _postgresql_engine(url, pool_size, pooler)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise TrothError(
            f"the database driver for {url.drivername} is not installed; "
            "install Troth with its cluster extra: pip install 'troth[cluster]'"
        ) from error


def _sqlite_engine(url: URL, pool_size: int, *, durable: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        connect_args={"timeout": BUSY_MS / 1e3},
        hide_parameters=True,
    )
    event.listen(engine, "connect", partial(_prepare_sqlite, durable=durable))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql_engine(url: URL, pool_size: int, pooler: Pooler) -> Engine:
    ours = {name: value for name, value in PATIENCE.items() if name not in url.query}
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=ours | {"fallback_application_name": f"{PROGRAM} {__version__}"},
    )
    event.listen(engine, "do_connect", pooler.connect)
    event.listen(engine, "begin", pooler.begin)
    event.listen(engine, "handle_error", _leave_reader)
    return engine


def _leave_reader(context: ExceptionContext) -> None:
    """Make every connection anew once one may no longer write: the primary is another by now.

    The old one may go on to answer, so that its connections look well for ever.
    """
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def _prepare_sqlite(
    connection: sqlite3.Connection, _entry: ConnectionPoolEntry, *, durable: bool
) -> None:
    """Write-ahead log, foreign keys, and transactions begun by us rather than by the driver."""
    connection.isolation_level = None
    synchronous = f"synchronous={'FULL' if durable else 'OFF'}"
    for pragma in ("journal_mode=WAL", synchronous, "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    _wait_for_file(connection, options.get(_LEFT_MS, BUSY_MS))
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        _wait_for_file(connection, BUSY_MS)


def _wait_for_file(connection: Connection, milliseconds: int) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")


def _unreachable(url: URL, error: OperationalError) -> str:
    where = url.database if url.get_backend_name() == "sqlite" else _hosts(url)
    cause = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
    return (
        f"the database at {where} can't be used: {cause}; "
        "check that it is there, is writable, and that TROTH_DATABASE_URL names it"
    )


def _hosts(url: URL) -> str:
    """Name the servers of which one should answer; several stand in the query."""
    named = url.query.get("host", ())
    hosts = [named] if isinstance(named, str) else list(named)
    return url.host or ",".join(hosts) or "its socket"
