"""A real PgBouncer before a PostgreSQL of the tests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.support import leash
from tests.support.ports import free_port
from tests.support.programs import find, owned
from tests.support.servers import Server


class PgBouncer(Server):
    """PgBouncer before a PostgreSQL, lending connections for a transaction."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._program = find("pgbouncer", "pgbouncer")
        self.port = free_port()
        self._target = make_url(url)
        self._config = self.folder / "pgbouncer.ini"
        self._config.write_text(
            f"[databases]\n* = user=postgres host={self._target.query['host']}\n[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            "auth_type = any\npool_mode = transaction\ndefault_pool_size = 4\n"
            "max_client_conn = 200\n"
            f"logfile = {self.folder}/log\npidfile = {self.folder}/pid\n"
        )
        owned(self._config)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{self._target.database}"

    @classmethod
    @contextmanager
    def before(cls, url: str) -> Iterator["PgBouncer"]:
        with cls(url).started() as server:
            yield server

    def _command(self) -> Sequence[str | Path]:
        return [leash.TERMINATE, self._program, self._config]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True
