"""The doors that replies are handed in at: each a number of processes over one database."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from tests.benchmarks import asked
from tests.benchmarks.bare_door import messages
from tests.benchmarks.couples import opened
from tests.benchmarks.measure import cost
from tests.benchmarks.replied import Replied, replied
from tests.benchmarks.repliers import SECRET, hand_in
from tests.benchmarks.scene import Scene, pid_of
from tests.support.key import KEY
from tests.support.ports import free_port
from tests.support.processes import TROTH, Process

EMBEDDED, CLUSTER = "embedded", "cluster"
WARM = 10  # one in so many replies comes before it is measured: connections and caches are made


@dataclass(frozen=True)
class Door:
    """What answers at it (`troth up`, `troth web`, or the least that could), over which store."""

    name: str
    store: str
    command: tuple[str, ...]
    processes: int = 1

    @property
    def is_bare(self) -> bool:
        """Whether this is what Troth is measured beside."""
        return self.command == ()


def doors(chosen: Sequence[str], processes: int) -> list[Door]:
    """What was chosen; the bare doors stand over the same stores, or over both."""
    every = [
        Door(EMBEDDED, "sqlite", ("up",)),
        Door(CLUSTER, "postgresql", ("web",), processes),
    ]
    troths = [door for door in every if door.name in chosen]
    bare = [Door(f"bare, {door.store}", door.store, (), door.processes) for door in troths or every]
    return troths + (bare if "bare" in chosen else [])


def run(scene: Scene, door: Door, prepared: str, couples: int, at_once: int) -> Replied:
    """Hand every partner's answer in at a door over a copy of the prepared store, and check."""
    answers = asked.answers(couples)
    warm = len(answers) // WARM
    with asked.copied(scene, prepared) as url:
        if door.is_bare:
            with opened(url) as store:
                messages.create(store.db.engine)
        with _standing(scene, door, url) as (started, ports):
            pids, server = [process.pid for process in started], [pid_of(scene.postgres)]
            first = hand_in(answers[:warm], ports, at_once)
            before = cost(pids), cost(server)
            handed = hand_in(answers[warm:], ports, at_once)
            spent = cost(pids).since(before[0]), cost(server).since(before[1])
        if untaken := first.untaken + handed.untaken:
            told = ", ".join(f"{count} got a {status}" for status, count in untaken.items())
            raise SystemExit(f"replies: not all were taken at the door of {door.name}: {told}")
        _check(door, url, couples)
    return replied(door.name, door.store, door.processes, handed, spent)


def _check(door: Door, url: str, couples: int) -> None:
    if not door.is_bare:
        asked.check_kept(url, couples)
        return
    with opened(url) as store, store.db.reading() as conn:
        kept = conn.execute(select(func.count()).select_from(messages)).scalar_one()
    if kept != 2 * couples:
        raise SystemExit(f"replies: the bare door kept {kept} of {2 * couples}")


@contextmanager
def _standing(
    scene: Scene, door: Door, url: str
) -> Iterator[tuple[Sequence[Process], Sequence[int]]]:
    """The door's processes, ready, and the ports that they listen on."""
    ports = [free_port() for _ in range(door.processes)]
    with ExitStack() as stack:
        started = []
        for port in ports:
            started.append(_start(scene, door, url, port))
            stack.callback(started[-1].kill)
        for process, port in zip(started, ports, strict=True):
            process.wait_for_port(port, timeout=60)
        yield started, ports


def _start(scene: Scene, door: Door, url: str, port: int) -> Process:
    if door.is_bare:
        command = [sys.executable, "-m", "tests.benchmarks.bare_door", str(port), url]
        return Process(command, scene.env)
    return Process([*TROTH, *door.command], _env(scene, door, url, port))


def _env(scene: Scene, door: Door, url: str, port: int) -> dict[str, str]:
    redis = {"TROTH_REDIS_URL": scene.redis.url} if door.store == "postgresql" else {}
    return {
        **scene.env,
        **redis,
        "TROTH_DATABASE_URL": url,
        "TROTH_SECRET_KEY": KEY,
        "TROTH_DATA": str(Path(scene.folder) / "data"),
        "TROTH_INBOUND": json.dumps({"standard": {"secret": SECRET}}),
        "TROTH_LOG_FORMAT": "json",
        "TROTH_PORT": str(port),
    }
