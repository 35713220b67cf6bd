"""The job that rivals do: read a row, send it, write that it was sent.

It is what a project does that takes a task queue and Apprise and no more: no claim, no lease, no
ledger, no look at quiet hours or consent. `BENCH_PLAIN` chooses Apprise as its manual shows it.
"""

import os

from apprise import Apprise, AppriseAsset
from apprise.common import PersistentStoreMode
from sqlalchemy import create_engine

from tests.benchmarks.messages import TITLE, body
from tests.benchmarks.scene import Scene
from tests.benchmarks.servers import connect

DATABASE, BROKER, PLAIN = "BENCH_DATABASE", "BENCH_BROKER", "BENCH_PLAIN"
CONNECTIONS = 20  # of a process, as Troth has them
TABLE = """
    CREATE TABLE jobs (
        id bigint PRIMARY KEY,
        url text NOT NULL, title text NOT NULL, body text NOT NULL,
        state text NOT NULL, sent_at timestamptz
    )
"""


class Desk:
    """Does jobs. One serves all threads or greenlets of a process."""

    def __init__(self) -> None:
        self._engine = create_engine(
            os.environ[DATABASE],
            pool_size=CONNECTIONS,
            max_overflow=0,
            isolation_level="AUTOCOMMIT",  # half the round trips of a transaction a statement
        )
        self._plain = os.environ.get(PLAIN) == "1"
        self._asset = AppriseAsset(
            async_mode=False,
            secure_logging=False,
            service_timeout=0,
            storage_mode=PersistentStoreMode.MEMORY,
        )
        Apprise.instantiate("json://127.0.0.1")  # loads the plugins before the burst

    def do(self, number: int) -> None:
        """Do one job; no connection is held over the send."""
        with self._engine.connect() as conn:
            row = conn.exec_driver_sql(
                "SELECT url, title, body FROM jobs WHERE id = %s", (number,)
            ).one()
        sent = self._notify(*row)
        with self._engine.connect() as conn:
            conn.exec_driver_sql(
                "UPDATE jobs SET state = %s, sent_at = clock_timestamp() WHERE id = %s",
                ("sent" if sent else "failed", number),
            )

    def _notify(self, url: str, title: str, text: str) -> bool:
        if self._plain:
            apprise = Apprise()
            apprise.add(url)
            return bool(apprise.notify(title=title, body=text))
        plugin = Apprise.instantiate(url, asset=self._asset)
        return plugin is not None and bool(plugin.notify(title=title, body=text))


def lay_out(scene: Scene, url: str, count: int) -> None:
    """Write the jobs of one run, numbered from 1."""
    rows = ((n, scene.channel_url(f"/job/{n}"), TITLE, body(), "due") for n in range(1, count + 1))
    with connect(url) as conn, conn.cursor() as cursor:
        cursor.execute(TABLE)
        with cursor.copy("COPY jobs (id, url, title, body, state) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE jobs")


def done(url: str) -> int:
    """How many jobs are written down as ended, well or badly."""
    with connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM jobs WHERE state <> 'due'").fetchone()
    assert row is not None
    return int(row[0])
