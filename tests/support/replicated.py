"""Two PostgreSQL servers: the second has all that the first has committed, and takes over."""

import subprocess
from collections.abc import Mapping
from contextlib import ExitStack

import psycopg

from tests.support import leash
from tests.support.servers import PostgreSQL


class Standby(PostgreSQL):
    """Follows another one, until it is promoted."""

    def __init__(self, of: PostgreSQL) -> None:
        self._of = of
        super().__init__()

    def promote(self) -> None:
        """Let it write from now on."""
        with self._connect() as connection:
            ((promoted,),) = connection.execute("SELECT pg_promote(wait_seconds => 20)").fetchall()
            assert promoted, "the standby was not promoted"

    def _make_data(self) -> None:
        subprocess.run(
            [
                self._binaries / "pg_basebackup",
                *(f"--host={self._of.folder}", "--username=postgres"),
                *(f"--pgdata={self.folder}/data", "--write-recovery-conf"),
                *("--checkpoint=fast", "--no-sync"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **leash.account(),
        )


class Replicated(PostgreSQL):
    """A primary whose every commit waits for its standby; clients are told of both."""

    tuning: Mapping[str, str] = {
        **PostgreSQL.tuning,
        "synchronous_commit": "on",
        "synchronous_standby_names": "*",
    }

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.standby: Standby | None = None

    def url(self, database: str = "postgres") -> str:
        """The URL that names both, and asks for the one that writes."""
        return f"{super().url(database)},{self._standing().folder}&target_session_attrs=read-write"

    def start(self) -> None:
        """Start both."""
        super().start()
        self.standby = self._stack.enter_context(Standby(self).started())

    def fail_over(self) -> None:
        """kill -9 the primary, and let the standby take its place."""
        self.kill()
        self._standing().promote()

    def remove(self) -> None:
        with self._stack:
            super().remove()

    def _connect(self) -> psycopg.Connection:
        if self.standby is None:
            return super()._connect()
        return psycopg.connect(
            host=f"{self.folder},{self.standby.folder}",
            user="postgres",
            dbname="postgres",
            target_session_attrs="read-write",
            autocommit=True,
        )

    def _standing(self) -> Standby:
        assert self.standby is not None, "it was not started"
        return self.standby
