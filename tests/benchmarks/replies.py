"""Replies through the HTTP door, one of each partner, and what the least of doors would take.

    python -m tests.benchmarks.replies --replies 1000 --at-once 16

README.md beside this file tells what each figure means.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks import asked, doors, replied
from tests.benchmarks.arguments import Choice
from tests.benchmarks.doors import Door
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.progress import progress
from tests.benchmarks.replied import Replied
from tests.benchmarks.scene import Scene, setting
from troth.logs import set_up_logs

CHOICE = Choice("replies", "door", (doors.EMBEDDED, doors.CLUSTER, "bare"), {}, enough="bare")
MOST_AT_ONCE = 100  # a web process turns visitors away from the 128th on


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    _check(given)
    set_up_logs("console", "warning")  # on stderr: what is asked is asked in this process
    chosen = doors.doors(CHOICE.chosen(given.only), given.processes)
    with tempfile.TemporaryDirectory(prefix="troth-replies-") as name:
        sizes = {"processes": given.processes, "concurrency": 1}
        with setting(Path(name), 0, tls=False, **sizes) as scene:
            found = _measure(scene, chosen, given)
            postgresql = scene.postgres.version
    if given.json:
        known = {"machine": machine(), "versions": {**versions(), "postgresql": postgresql}}
        print(json.dumps({"given": vars(given), **known, **replied.data(found)}))  # noqa: T201
    else:
        print(replied.table(found))  # noqa: T201
        if ratios := replied.ratios(found):
            print(replied.ratio_table(ratios))  # noqa: T201


def _measure(scene: Scene, chosen: Sequence[Door], given: argparse.Namespace) -> list[Replied]:
    """Prepare each store that is needed once, then run each door over a copy of its own."""
    couples, urls = given.replies // 2, {}
    with ExitStack() as stack:
        for store in dict.fromkeys(door.store for door in chosen):
            progress(f"preparing {couples} couples over {store}")
            urls[store] = stack.enter_context(_prepared(scene, store, couples))
        found = []
        for door in chosen:
            progress(f"{given.replies} replies: {door.name}")
            found.append(doors.run(scene, door, urls[door.store], couples, given.at_once))
    return found


@contextmanager
def _prepared(scene: Scene, store: str, couples: int) -> Iterator[str]:
    folder = scene.folder / store
    folder.mkdir()
    with ExitStack() as stack:
        if store == "sqlite":
            url = f"sqlite:///{folder / 'troth.db'}"
        else:
            url = stack.enter_context(scene.postgres.database())
        asked.prepare(scene, url, folder, couples)
        yield url


def _check(given: argparse.Namespace) -> None:
    if given.replies < 2 or given.replies % 2:
        raise SystemExit("replies: --replies is an even number: two a couple")
    if not 1 <= given.at_once <= MOST_AT_ONCE:
        raise SystemExit(f"replies: --at-once is between 1 and {MOST_AT_ONCE}")


def _parser() -> argparse.ArgumentParser:
    parser = CHOICE.parser()
    add = parser.add_argument
    add("--replies", type=int, default=1_000, help="an even number: two a couple")
    add("--at-once", type=int, default=16, help="connections that each hand in one after another")
    add("--processes", type=int, default=os.cpu_count() or 1, help="of the cluster's web")
    return parser


if __name__ == "__main__":
    main()
