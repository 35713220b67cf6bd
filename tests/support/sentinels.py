"""Redis with sentinels: real ones, on loopback, gone when the tests are."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import redis

from tests.support.papers import Papers
from tests.support.programs import find, owned
from tests.support.servers import Redis

NAME = "troth"
DOWN_MS = 600  # of silence until a sentinel believes that a server is down


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
            "".join(f"{name} {value}\n" for name, value in self._listening().items())
            + f"bind 127.0.0.1\ndir {self.folder}\nrequirepass {self.password}\n"
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


class RedisWithSentinels:
    """A primary, two replicas and three sentinels; with papers, over TLS."""

    def __init__(
        self,
        stack: ExitStack,
        papers: Papers | None = None,
        of_redis: Papers | None = None,
        *,
        alone: bool = False,
    ) -> None:
        """`of_redis` where its papers are others; `alone`: no replicas, and one sentinel."""
        self._papers, shown = papers, of_redis or papers
        replicas, others = (0, 0) if alone else (2, 2)
        self.members = [self._started(stack, Member(shown), None)]
        first = self.members[0].port
        self.members += [self._started(stack, Member(shown), first) for _ in range(replicas)]
        self.sentinels = [
            self._started(stack, SentinelServer(papers), first) for _ in range(1 + others)
        ]
        for replica in self.members[1:]:
            _wait(replica, replica.follows, "replica that follows")
        for sentinel in self.sentinels:
            knows = lambda each=sentinel: each.knows(replicas, others)  # noqa: E731
            _wait(sentinel, knows, "sentinel that knows the others")

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.sentinels)
        more = f"sentinel_password={SentinelServer.password}&db=0"
        if self._papers is None:
            return f"redis+sentinel://:{Redis.password}@{hosts}/{NAME}?{more}"
        more += f"&ssl_ca_certs={self._papers.authority}"
        return f"rediss+sentinel://:{Redis.password}@{hosts}/{NAME}?{more}"

    def kill_primary(self) -> int:
        """kill -9 the first primary; return its port."""
        self.members[0].kill()
        return self.members[0].port

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


def _wait(server: Redis, check: Callable[[], bool], what: str) -> None:
    assert server._process is not None
    server._process.wait_until(lambda: _holds(check), what)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except redis.RedisError:
        return False
