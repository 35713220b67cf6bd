"""Real servers on which clusters stand: Redis with sentinels, RabbitMQ, PgBouncer.

All on loopback, in folders of their own, gone when the tests are. Each is skipped where it is not
installed, which CI does not accept.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
import redis
from sqlalchemy import make_url

from tests.support import leash
from tests.support.ports import answers, free_port
from tests.support.processes import Process
from tests.support.servers import Redis, Server

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/rabbitmq/bin"])
NAME = "troth"
DOWN_MS = 600  # of silence until a sentinel believes that a server is down


def find(program: str, package: str) -> str:
    """Where a program lies; the test is skipped where it is missing."""
    found = shutil.which(program, path=PATH)
    if found is None:
        pytest.skip(f"no {program}: install {package}")
    return found


def owned(path: Path) -> Path:
    """A file or folder, handed to whoever servers run as."""
    if user := leash.account().get("user"):
        os.chown(path, user, -1)
    return path


class Member(Redis):
    """A Redis that may be the primary, or a replica of `of`."""

    of: int | None = None

    def _command(self) -> Sequence[str | Path]:
        of = ["--replicaof", "127.0.0.1", str(self.of)] if self.of else []
        quick = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
        return [*super()._command(), "--masterauth", self.password, *quick, *of]

    def follows(self) -> bool:
        """Whether it is a replica that has all that its primary has."""
        with self._connect() as client:
            return bool(client.info("replication").get("master_link_status") == "up")


class SentinelServer(Redis):
    """One sentinel, with a password of its own."""

    password = "the-sentinels-know-it"
    of: int

    def _command(self) -> Sequence[str | Path]:
        config = self.folder / "sentinel.conf"
        config.write_text(
            f"bind 127.0.0.1\nport {self.port}\ndir {self.folder}\nrequirepass {self.password}\n"
            f"sentinel monitor {NAME} 127.0.0.1 {self.of} 2\n"
            f"sentinel auth-pass {NAME} {Redis.password}\n"
            f"sentinel down-after-milliseconds {NAME} {DOWN_MS}\n"
            f"sentinel failover-timeout {NAME} 3000\n"
        )
        owned(config)
        return [find("redis-sentinel", "redis-sentinel"), config]

    def knows(self, replicas: int, others: int) -> bool:
        """Whether it has met so many replicas and other sentinels."""
        with self._connect() as client:
            state = client.sentinel_masters()[NAME]
        return (state["num-slaves"], state["num-other-sentinels"]) == (replicas, others)


AnyServer = TypeVar("AnyServer", Member, SentinelServer)


class Watched:
    """A primary, two replicas and three sentinels."""

    def __init__(self, stack: ExitStack) -> None:
        self.members = [self._started(stack, Member(), None)]
        first = self.members[0].port
        self.members += [self._started(stack, Member(), first) for _ in range(2)]
        self.sentinels = [self._started(stack, SentinelServer(), first) for _ in range(3)]
        for replica in self.members[1:]:
            _wait(replica, replica.follows, "replica that follows")
        for sentinel in self.sentinels:
            knows = lambda each=sentinel: each.knows(2, 2)  # noqa: E731
            _wait(sentinel, knows, "sentinel that knows the others")

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.sentinels)
        more = f"sentinel_password={SentinelServer.password}&db=0"
        return f"redis+sentinel://:{Redis.password}@{hosts}/{NAME}?{more}"

    def kill_primary(self) -> int:
        """kill -9 the first primary; return its port."""
        return _kill(self.members[0])

    def primary(self) -> int:
        """The port of whom the sentinels call the primary."""
        with self.sentinels[0]._connect() as client:
            return int(client.sentinel_masters()[NAME]["port"])

    @staticmethod
    def _started(stack: ExitStack, server: AnyServer, of: int | None) -> AnyServer:
        stack.callback(server.remove)
        if of is not None:
            server.of = of
        server.start()
        return server


class RabbitMQ(Server):
    """RabbitMQ with one user and one virtual host, without guest."""

    patience = 60
    login = "troth:the-tests-know-it"

    def __init__(self) -> None:
        super().__init__()
        self._program = find("rabbitmq-server", "rabbitmq-server")
        self.port, self._dist, self._epmd_port = free_port(), free_port(), free_port()
        self._epmd: Process | None = None
        self._log = self.folder / "log"
        user, password = self.login.split(":")
        everything = "".join(f"default_permissions.{of} = .*\n" for of in ("configure", "read"))
        self._config = self._write(
            "rabbitmq.conf",
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\ndefault_user = {user}\n"
            f"default_pass = {password}\ndefault_vhost = troth\n{everything}"
            "default_permissions.write = .*\nlog.file = false\nlog.console = true\n"
            "log.console.level = warning\n",
        )
        self._plugins = self._write("plugins", "[].\n")

    @property
    def url(self) -> str:
        return f"amqp://{self.login}@127.0.0.1:{self.port}/troth"

    def start(self) -> None:
        if self._epmd is None:
            names = ["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"]
            command = [sys.executable, leash.__file__, *names]
            self._epmd = Process(command, self._env(), stdin=subprocess.PIPE)
            self._epmd.wait_for_port(self._epmd_port)
        super().start()

    def kill(self) -> None:
        """kill -9; what it keeps stays on its disk."""
        _kill(self)

    def remove(self) -> None:
        try:
            self.stop()
        finally:
            if self._epmd is not None:
                self._epmd.hang_up()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return owned(path)

    def _env(self) -> Mapping[str, str]:
        quiet = "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
        return {
            "PATH": PATH,
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),  # where its cookie lies
            "RABBITMQ_NODENAME": f"troth-{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self._config),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._plugins),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._log),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_DIST_PORT": str(self._dist),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": quiet,
        }

    def _command(self) -> Sequence[str | Path]:
        named = [f"{name}={value}" for name, value in self._env().items()]
        # Debian's own program is a script that changes the user and the folder.
        program = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        return [
            leash.TERMINATE,
            "env",
            "-i",
            *named,
            program if program.exists() else self._program,
        ]

    def _answers(self) -> bool:
        return answers(self.port)


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
        server = cls(url)
        try:
            server.start()
            yield server
        finally:
            server.remove()

    def _command(self) -> Sequence[str | Path]:
        return [leash.TERMINATE, self._program, self._config]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _kill(server: Redis | RabbitMQ) -> int:
    """kill -9 a server and all that it has started."""
    from tests.faults.roles import family

    assert server._process is not None
    for member in list(family(server._process.pid))[1:]:
        os.kill(member, signal.SIGKILL)
    server._process.hang_up()
    server._process = None
    return server.port


def _wait(server: Redis, check: Callable[[], bool], what: str) -> None:
    assert server._process is not None
    server._process.wait_until(lambda: _holds(check), what)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except redis.RedisError:
        return False
