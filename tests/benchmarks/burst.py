"""A burst: N nudges due in one minute, through Troth and through what it is measured beside.

    python -m tests.benchmarks.burst --nudges 10000 --latency-ms 200

README.md beside this file tells what each figure means.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.benchmarks import ceiling, couples, product, rivals
from tests.benchmarks.arguments import Choice
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.progress import progress
from tests.benchmarks.report import goals, measured, table
from tests.benchmarks.result import Result, middle
from tests.benchmarks.scene import Scene, setting

CONTESTANTS = ("troth", "ceiling", *rivals.RIVALS)
SLOW = tuple(name for name, rival in rivals.RIVALS.items() if rival.plain)
NEEDS = {name: rival.queue for name, rival in rivals.RIVALS.items()}
CHOICE = Choice("burst", "contestant", CONTESTANTS, NEEDS, enough="troth,ceiling")
Contest = Callable[[], Result]


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    chosen = CHOICE.chosen(given.only)
    with tempfile.TemporaryDirectory(prefix="troth-burst-") as name:
        folder, sizes = Path(name), {"processes": given.processes, "concurrency": given.concurrency}
        with setting(folder, given.latency_ms, tls=given.tls, **sizes) as scene:
            results, loaded = _contest(scene, chosen, given)
            postgresql = scene.postgres.version
    medians = {name: middle(runs) for name, runs in results.items()}
    if given.json:
        print(json.dumps(_data(given, results, medians, loaded, postgresql)))  # noqa: T201
    else:
        print(table(list(medians.values())))  # noqa: T201
        print(goals(measured(medians, tls=given.tls)))  # noqa: T201


def _contest(
    scene: Scene, chosen: Sequence[str], given: argparse.Namespace
) -> tuple[dict[str, list[Result]], couples.Loaded | None]:
    """Run whoever was chosen, in turn, as often as was asked for."""
    results: dict[str, list[Result]] = {name: [] for name in chosen}
    with scene.postgres.database() as url:
        loaded = None
        if "troth" in chosen:
            loaded = couples.load(url, scene.folder, given.nudges // 2, scene.channel_url())
        template = make_url(url).database or ""
        for number in range(1, given.runs + 1):
            for name in chosen:
                progress(f"run {number} of {given.runs}: {name}")
                results[name].append(_contestant(scene, name, template, given)())
    return results, loaded


def _contestant(scene: Scene, name: str, template: str, given: argparse.Namespace) -> Contest:
    nudges = min(given.nudges, given.slow_nudges) if name in SLOW else given.nudges
    if name == "troth":
        return partial(product.run, scene, template, nudges, wait=not given.no_wait)
    if name == "ceiling":
        return partial(ceiling.run, scene, nudges)
    return partial(rivals.run, scene, rivals.RIVALS[name], nudges)


def _data(
    given: argparse.Namespace,
    results: dict[str, list[Result]],
    medians: dict[str, Result],
    loaded: couples.Loaded | None,
    postgresql: str,
) -> dict[str, Any]:
    return {
        "given": vars(given),
        "machine": machine(),
        "versions": {**versions(), "postgresql": postgresql},
        "loaded": asdict(loaded) if loaded else None,
        "runs": {name: [result.data() for result in runs] for name, runs in results.items()},
        "medians": {name: result.data() for name, result in medians.items()},
        "goals": [goal.data() for goal in measured(medians, tls=given.tls)],
    }


def _parser() -> argparse.ArgumentParser:
    parser = CHOICE.parser()
    add = parser.add_argument
    add("--nudges", type=int, default=10_000, help="an even number: two a couple")
    add("--latency-ms", type=float, default=200, help="how long the provider takes to answer")
    add("--tls", action="store_true", help="HTTPS, the certificate verified")
    add("--processes", type=int, default=os.cpu_count() or 1, help="that send")
    add("--concurrency", type=int, default=500, help="sends at once of a process")
    add("--slow-nudges", type=int, default=500, help=f"for {' and '.join(SLOW)}")
    add("--runs", type=int, default=1, help="how often; the medians are shown")
    add("--no-wait", action="store_true", help="due at once: lateness then tells nothing")
    return parser


if __name__ == "__main__":
    main()
