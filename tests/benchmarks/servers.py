"""PostgreSQL as it comes, durable, with a count of the statements it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.servers import PostgreSQL

MODULE = "pg_stat_statements"
CONTROL = ["BEGIN%", "COMMIT%", "ROLLBACK%", "SET %", "SHOW %"]  # of transactions, and greetings


@dataclass(frozen=True)
class Traffic:
    """What clients asked of a database so far; subtract two.

    `statements` leave transaction control out; each row of an executemany is one of its own.
    `commits` are those that clients sent: a client that sends none commits each statement.
    """

    statements: int
    commits: int

    def later(self, before: "Traffic", after: "Traffic") -> "Traffic":
        """These with all that was asked between two looks."""
        return Traffic(
            self.statements + after.statements - before.statements,
            self.commits + after.commits - before.commits,
        )


class DurablePostgreSQL(PostgreSQL):
    """PostgreSQL with its own defaults: every commit reaches the disk."""

    initdb: Sequence[str] = ("--no-sync",)

    def __init__(self) -> None:
        super().__init__()
        # The packaged PostgreSQL comes without the module; a system's has it as a rule.
        self.counts = _has_module(self._binaries)
        module = {"shared_preload_libraries": MODULE, f"{MODULE}.max": "20000"}
        self.tuning: Mapping[str, str] = module if self.counts else {}

    def start(self) -> None:
        super().start()
        if self.counts:
            with self._connect() as connection:
                connection.execute(f"CREATE EXTENSION IF NOT EXISTS {MODULE}")

    def traffic(self, url: str) -> Traffic | None:
        """The totals of one database; None where the module is not to be had."""
        if not self.counts:
            return None
        name = url.partition("?")[0].rpartition("/")[2]
        query = f"""
            SELECT coalesce(sum(calls) FILTER (WHERE NOT query ILIKE ANY (%s)), 0),
                   coalesce(sum(calls) FILTER (WHERE query ILIKE 'COMMIT%%'), 0)
            FROM {MODULE} JOIN pg_database d ON d.oid = dbid WHERE d.datname = %s
        """  # noqa: S608 - the module's name is ours
        with self._connect() as connection:
            row = connection.execute(query.encode(), [CONTROL, name]).fetchone()
        assert row is not None
        return Traffic(int(row[0]), int(row[1]))

    @property
    def binaries(self) -> Path:
        """The folder of its programs."""
        return self._binaries

    @property
    def version(self) -> str:
        """The server's own version."""
        with self._connect() as connection:
            return f"{connection.info.server_version // 10_000}"


def connect(url: str) -> psycopg.Connection:
    """A connection of psycopg's own to what a SQLAlchemy URL names; it commits by itself."""
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def _has_module(binaries: Path) -> bool:
    folders = (binaries.parent / "lib", binaries.parent / "lib/postgresql")
    return any((folder / f"{MODULE}.so").exists() for folder in folders)
