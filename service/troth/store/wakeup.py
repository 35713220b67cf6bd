"""Waking: whoever writes something that is due soon wakes the clocks that sleep.

PostgreSQL tells its listeners when the writer commits; on SQLite a clock looks, four times a
second, whether anybody has committed anything. A lost word costs one sleep, and nothing else: so
behind a pooler, which lends no connection to listen on, a clock sleeps its second out.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from troth.store.database import Database

log = structlog.get_logger()

CHANNEL = "troth_wake"
SLICE = 0.25  # seconds between looks
AGAIN = 1.0  # seconds before a listener that lost its connection listens again


class Sleeper(Protocol):
    """Something that sleeps until there may be news."""

    def sleep(self, seconds: float, stopping: threading.Event) -> None:
        """Return after so long, or sooner when something was written or `stopping` is set."""
        ...


def wake(conn: Connection) -> None:
    """Wake the clocks when this transaction is committed."""
    if conn.dialect.name == "postgresql":
        conn.execute(text(f"NOTIFY {CHANNEL}"))


@contextmanager
def sleeper(db: Database) -> Iterator[Sleeper]:
    """Give what wakes when somebody writes to this database."""
    if db.is_sqlite:
        with closing(Looker(db)) as looks:
            yield looks
    elif (engine := db.listening) is not None:
        with closing(Listener(engine)) as listens:
            yield listens
    else:
        yield Napper()


class Napper:
    """Sleeps; nobody tells it anything."""

    def sleep(self, seconds: float, stopping: threading.Event) -> None:
        """See Sleeper."""
        stopping.wait(seconds)


class Looker:
    """Looks at SQLite's count of commits by other connections than its own."""

    def __init__(self, db: Database) -> None:
        self._connection = db.engine.raw_connection()
        self._seen = self._version()

    def sleep(self, seconds: float, stopping: threading.Event) -> None:
        """See Sleeper."""
        ends = time.monotonic() + seconds
        while self._version() == self._seen and (left := ends - time.monotonic()) > 0:
            if stopping.wait(min(left, SLICE)):
                return
        self._seen = self._version()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _version(self) -> int:
        cursor = self._connection.cursor()
        cursor.execute("PRAGMA data_version")
        version: Any = cursor.fetchone()
        return int(version[0])


class Listener:
    """Listens to PostgreSQL on a connection and in a thread of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._closing = threading.Event()
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def sleep(self, seconds: float, stopping: threading.Event) -> None:
        """See Sleeper."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0 and not stopping.is_set():
            if self._news.wait(min(left, SLICE)):
                break
        self._news.clear()

    def close(self) -> None:
        """Listen no more."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._listen()
            except DBAPIError as error:
                log.warning("listener.lost", error=type(error.orig).__name__)
                self._closing.wait(AGAIN)

    def _listen(self) -> None:
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            self._news.set()  # what was said before went unheard
            driver: Any = connection.connection.driver_connection
            try:
                while not self._closing.is_set():
                    for _ in driver.notifies(timeout=SLICE):
                        self._news.set()
            except driver.Error as error:
                raise DBAPIError("LISTEN", None, error) from error
            finally:
                connection.invalidate()  # a listening connection is of no use to others
