"""A cluster that may be hurt: private servers, providers that are told what to do, real roles."""

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults import roles
from tests.faults.oracle import Oracle
from tests.faults.sink import Sink
from tests.faults.sizes import FULL, Size
from tests.faults.watched import PATIENCE, Watched
from tests.support.key import KEY
from tests.support.ports import free_port
from tests.support.process_family import signal_family
from tests.support.processes import Process, process_starter
from tests.support.servers import PostgreSQL, Redis
from troth.bootstrap import Store, open_store
from troth.settings import Settings, load_settings

# A role takes seconds to start, so the short forms make do with one web.
ROLES = ("clock-1", "clock-2", "worker-1", "worker-2", "web-1", *(("web-2",) if FULL else ()))


class Cluster(Watched):
    """Two of each role over one PostgreSQL and one Redis. Roles are named such as `worker-1`."""

    roles: Sequence[str] = ROLES

    def __init__(
        self,
        stack: ExitStack,
        folder: Path,
        postgresql: PostgreSQL | None = None,
        redis: Redis | None = None,
    ) -> None:
        self.folder = folder
        self.postgresql = postgresql or stack.enter_context(PostgreSQL.running())
        self._lent_redis = redis
        self.sink = stack.enter_context(Sink().switched_on())
        self.kills: list[str] = []
        self._start = stack.enter_context(process_starter())
        self._ports = {role: free_port() for role in self.roles if role.startswith("web")}
        self.pages = [f"http://127.0.0.1:{port}" for port in self._ports.values()]
        self.processes: dict[str, Process] = {}
        self._stopped: set[str] = set()
        url = stack.enter_context(self.postgresql.database())
        self.env = {
            "TROTH_DATABASE_URL": url,
            "TROTH_SECRET_KEY": KEY,
            "TROTH_PUBLIC_URL": "http://troth.test",
            "TROTH_DATA": str(folder / "data"),
            **roles.SETTINGS,
            **self.surroundings(stack, url),
        }
        self.store = self._open(load_settings(database_url=url, secret_key=KEY))
        stack.callback(self.store.db.close)

    def surroundings(self, stack: ExitStack, url: str) -> Mapping[str, str]:  # noqa: ARG002
        """Start what the roles stand on beside the database; return the settings that name it."""
        self.redis = self._lent_redis or stack.enter_context(Redis.running())
        return {"TROTH_REDIS_URL": self.redis.url}

    def _open(self, settings: Settings) -> Store:
        return open_store(settings, migrate=True)

    # --- the roles ---

    def start(self, role: str, skew: float | None = None) -> Process:
        """Start a role; with `skew`, on a clock that is so many seconds ahead."""
        env = {**self.env, "PGAPPNAME": role}  # so that PostgreSQL can tell whose is what
        if role in self._ports:
            env["TROTH_PORT"] = str(self._ports[role])
        if skew is not None:
            env |= roles.skewed(self.folder / f"skew-{role}", skew)
        self.processes[role] = self._start(*roles.command(role), **env)
        return self.processes[role]

    def start_all(self, skew: float | None = None) -> None:
        """Start whatever does not run, and return once everything does."""
        for role in self.roles:
            if role not in self.processes:
                self.start(role, skew)
        for role in self.roles:
            self.wait_for_start(role)

    def wait_for_start(self, role: str) -> None:
        process = self.processes[role]
        process.wait_for_line(roles.STARTED[role.partition("-")[0]], timeout=60)
        if role in self._ports:
            process.wait_for_port(self._ports[role], timeout=60)

    def kill(self, role: str) -> None:
        """kill -9, of the role's process and of all that it has started."""
        process = self.processes.pop(role)
        signal_family(process.pid, signal.SIGKILL)
        process.kill()
        self.kills.append(role)

    def terminate(self, role: str) -> None:
        """Ask a role to end; it finishes what it has in hand. One that hangs says where."""
        process = self.processes.pop(role)
        try:
            code = process.terminate(timeout=40)
        except AssertionError:
            process.send_signal(signal.SIGABRT)
            process.wait()
            raise AssertionError(f"{role} does not end:\n{process.output[-9_000:]}") from None
        assert code == 0, process.output

    def stop(self, role: str) -> None:
        """Let a role stand still, as a paused machine does (SIGSTOP)."""
        signal_family(self.processes[role].pid, signal.SIGSTOP)
        self._stopped.add(role)

    def go_on(self, role: str) -> None:
        """Let a role that stands still go on."""
        signal_family(self.processes[role].pid, signal.SIGCONT)
        self._stopped.discard(role)

    def stop_while(self, role: str, oracle: Oracle, *, holds_locks: bool) -> bool:
        """Stop a role while the database holds locks for it, or holds none; False if never."""
        while not oracle.delivered():
            self.stop(role)
            time.sleep(0.05)  # until the database has done what it was asked
            in_transaction = "application_name = %s AND state <> 'idle' AND backend_xid IS NOT NULL"
            holds = bool(self._connections(in_transaction, role))
            # Amid an answer it would hold them for ever: here PostgreSQL is at a Unix socket.
            amid_answer = f"{in_transaction} AND wait_event = 'ClientWrite'"
            if holds == holds_locks and not self._connections(amid_answer, role):
                return True
            self.go_on(role)
            time.sleep(0.01)
        return False

    def jump(self, skew: float) -> None:
        """Let the clock of everything that was started with a skew jump."""
        for role in self.processes:
            roles.skewed(self.folder / f"skew-{role}", skew)

    def end_connections(self) -> None:
        """Break every connection to the database, as a failover does."""
        self._connections("TRUE", what="pg_terminate_backend(pid)")

    def recover(self) -> None:
        """Make everything run as it should, for the next scenario."""
        for role in list(self._stopped):
            self.go_on(role)
        self.sink.forget()
        self.kills.clear()
        self.patience = PATIENCE
        self.start_all()

    def output(self, role: str) -> str:
        return self.processes[role].output

    def check_at_rest(self) -> None:
        """No connection may be left inside a transaction, and none of who is dead may be left."""
        busy = "state <> 'idle' AND now() - state_change > interval '0.5 s'"
        self.wait_until(
            lambda: not self._connections(busy), lambda: f"idle: {self._connections(busy)}"
        )

    def _connections(
        self, where: str, *values: str, what: str = "application_name, state, left(query, 60)"
    ) -> list[str]:
        """What PostgreSQL knows of the connections of which this holds, other than this one."""
        others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
        query = f"SELECT {what} FROM pg_stat_activity WHERE {others} AND {where}"  # noqa: S608
        with self.postgresql._connect() as connection:
            return [str(row) for row in connection.execute(query.encode(), values)]


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster whose every role runs; all of it is gone at the end."""
    with ExitStack() as stack:
        cluster = Cluster(stack, folder)
        cluster.start_all()
        yield cluster


def paced(size: Size, oracle: Oracle) -> Iterator[int]:
    """Count the faults of a scenario, while the burst goes on.

    Each comes when its share of the messages has arrived, or `apart` seconds after the last.
    """
    for number in range(size.faults):
        share = size.nudges * (number + 1) // (size.faults + 1)
        oracle.sink.wait_for(share, timeout=size.apart)
        if oracle.delivered():
            return
        yield number
