"""What all contestants share: the sink, the servers, and how they are watched."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.benchmarks.measure import Cost, cost, timing
from tests.benchmarks.progress import progress
from tests.benchmarks.result import Result, per_nudge, spent
from tests.benchmarks.servers import DurablePostgreSQL, Traffic
from tests.support.authority import Authority
from tests.support.processes import Process
from tests.support.servers import Redis, Server
from tests.support.sink import Sink, running_sink

STALLED = 60  # seconds without any arrival after which a run is taken to be over


@dataclass(frozen=True)
class Scene:
    """The servers of one benchmark, and what every contestant is given alike."""

    sink: Sink
    postgres: DurablePostgreSQL
    redis: Redis
    folder: Path
    trusted: Path | None  # authorities in PEM, the run's own one among them
    processes: int
    concurrency: int

    @property
    def env(self) -> dict[str, str]:
        """The environment of whoever sends: no setting of ours, and the run's own authority."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TROTH_")}
        trusted = {"REQUESTS_CA_BUNDLE": str(self.trusted)} if self.trusted else {}
        return {**plain, "PYTHONUNBUFFERED": "1", **trusted}

    def channel_url(self, path: str = "") -> str:
        """A channel that leads to the sink; certificates are verified."""
        return f"{self.sink.url}{path}"

    def wait_for_arrivals(self, count: int, due: float) -> None:
        """Return when all came, or when none has come for a minute after `due`."""
        seen, changed = 0, max(due, time.time())
        while seen < count and time.time() - changed < STALLED:
            time.sleep(0.25)  # over HTTPS each look is a handshake
            now = self.sink.count()
            if now != seen:
                seen, changed = now, max(due, time.time())
        progress(f"{seen} of {count} arrived")


@contextmanager
def setting(
    folder: Path, latency_ms: float, *, tls: bool, processes: int, concurrency: int
) -> Iterator[Scene]:
    """Start the servers; end them, and delete what they kept, at the end."""
    progress("starting PostgreSQL, Redis and the sink")
    certificate = trusted = None
    if tls:
        authority = Authority(folder)
        certificate, trusted = authority.certificate(), authority.beside_the_usual()
    with ExitStack() as stack:
        sink = stack.enter_context(running_sink(latency_ms, certificate, trusted))
        postgres = stack.enter_context(DurablePostgreSQL.running())
        redis = stack.enter_context(Redis.running())
        yield Scene(sink, postgres, redis, folder, trusted, processes, concurrency)


@dataclass(frozen=True)
class Reading:
    """The totals of one moment."""

    roles: Mapping[str, Cost]
    beside: Mapping[str, Cost]
    traffic: Traffic | None

    def later(self, before: "Reading", after: "Reading") -> "Reading":
        """These totals with all that was spent between two others."""
        traffic = self.traffic
        if traffic and before.traffic and after.traffic:
            traffic = traffic.later(before.traffic, after.traffic)
        return Reading(
            _later(self.roles, before.roles, after.roles),
            _later(self.beside, before.beside, after.beside),
            traffic,
        )


def _later(
    these: Mapping[str, Cost], before: Mapping[str, Cost], after: Mapping[str, Cost]
) -> Mapping[str, Cost]:
    return {name: cost.later(before[name], after[name]) for name, cost in these.items()}


@dataclass(frozen=True)
class Watch:
    """Watches one run from the moment it is made."""

    scene: Scene
    roles: Mapping[str, Process]
    url: str | None
    began: Reading

    @classmethod
    def begin(cls, scene: Scene, roles: Mapping[str, Process], url: str | None = None) -> "Watch":
        """Begin, with the database to count statements of."""
        scene.sink.forget()
        return cls(scene, roles, url, _read(scene, roles, url))

    def leaving_out(self, wait: Callable[[], None]) -> "Watch":
        """Wait, and go on as if what was spent meanwhile had not been."""
        before = _read(self.scene, self.roles, self.url)
        since = time.monotonic()
        wait()
        after = _read(self.scene, self.roles, self.url)
        seconds = max(time.monotonic() - since, 0.001)
        idle = sum(cost.since(before.roles[role]).cpu for role, cost in after.roles.items())
        progress(f"waited {seconds:.0f} s; idle roles took {idle / seconds:.1%} of a core")
        return replace(self, began=self.began.later(before, after))

    def end(self, name: str, nudges: int, due: float) -> Result:
        """What the run came to."""
        ended = _read(self.scene, self.roles, self.url)
        roles = {role: after.since(self.began.roles[role]) for role, after in ended.roles.items()}
        return Result(
            name=name,
            nudges=nudges,
            timing=timing(self.scene.sink.arrivals(), due),
            cpu=spent(roles.values(), nudges),
            cpu_beside={
                part: spent([after.since(self.began.beside[part])], nudges)
                for part, after in ended.beside.items()
            },
            cpu_by_role={role: spent([after], nudges) for role, after in roles.items()},
            peaks={role: after.peak_mb for role, after in roles.items()},
            **per_nudge(nudges, self.began.traffic, ended.traffic),
        )


def _read(scene: Scene, roles: Mapping[str, Process], url: str | None) -> Reading:
    return Reading(
        {role: cost([process.pid]) for role, process in roles.items()},
        {
            "postgresql": cost([pid_of(scene.postgres)]),
            "redis": cost([pid_of(scene.redis)]),
            "sink": cost([scene.sink.process.pid]),
        },
        scene.postgres.traffic(url) if url else None,
    )


def pid_of(server: Server) -> int:
    """The process that holds a running server's own on its leash."""
    assert server._process is not None
    return server._process.pid
