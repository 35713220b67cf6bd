"""Many couples' rituals due in one minute, and a clock that has nothing to do.

    python -m tests.benchmarks.plan --couples 100000

README.md beside this file tells what each figure means.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks import idle, planning, schedulers
from tests.benchmarks.arguments import Choice
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.progress import progress
from tests.benchmarks.report import Goal, goals, lined_up
from tests.benchmarks.servers import DurablePostgreSQL
from tests.support.servers import Redis

PARTS = ("plan", "idle", "apscheduler", "redbeat")
NEEDS = {"apscheduler": "apscheduler", "redbeat": "redbeat"}
CHOICE = Choice("plan", "part", PARTS, NEEDS, enough="plan,idle")
FEW = 1_000  # rituals


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    chosen = CHOICE.chosen(given.only)
    progress("starting PostgreSQL and Redis")
    with (
        tempfile.TemporaryDirectory(prefix="troth-plan-") as name,
        DurablePostgreSQL.running() as postgres,
        Redis.running() as redis,
    ):
        found = _measure(postgres, redis, Path(name), chosen, given)
        found["versions"]["postgresql"] = postgres.version
    if given.json:
        print(json.dumps(found))  # noqa: T201
    else:
        print(_table(found))  # noqa: T201
        print(goals([Goal(**_plain(goal)) for goal in found["goals"]]))  # noqa: T201


def _measure(
    postgres: DurablePostgreSQL,
    redis: Redis,
    folder: Path,
    chosen: Sequence[str],
    given: argparse.Namespace,
) -> dict[str, Any]:
    found: dict[str, Any] = {"given": vars(given), "machine": machine(), "versions": versions()}
    reached: list[Goal] = []
    if "plan" in chosen:
        planned = planning.measure(postgres, redis, folder, given.couples)
        found["plan"] = {**asdict(planned), "ratio": planned.ratio}
        name = "plan and dispatch / bare inserts"
        reached.append(Goal(name, planned.ratio, 3, at_least=False))
    if "idle" in chosen:
        sizes = (min(FEW, given.idle_rituals), given.idle_rituals)
        few, many = idle.measure(postgres, redis, folder, sizes)
        found["idle"] = [asdict(few), asdict(many)]
        name = "idle tick, many rituals / few"
        ratio = (many.next_moment + many.once) / (few.next_moment + few.once)
        reached.append(Goal(name, ratio, 1.2, at_least=False))
    if "apscheduler" in chosen:
        found["apscheduler"] = schedulers.apscheduler(given.couples)
    if "redbeat" in chosen:
        found["redbeat"] = schedulers.redbeat(redis, given.couples)
    return {**found, "goals": [goal.data() for goal in reached]}


def _plain(goal: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in goal.items() if key != "met"}


def _table(found: dict[str, Any]) -> str:
    rows = [["", "seconds"]]
    if "plan" in found:
        rows += [[f"troth: {part}", f"{found['plan'][part]:.2f}"] for part in ("plan", "dispatch")]
        rows.append(["the same rows, bare INSERT", f"{found['plan']['insert']:.2f}"])
    for tick in found.get("idle", []):
        of = f"of {tick['rituals']} rituals"
        rows.append([f"next moment {of}", f"{tick['next_moment'] / 1e3:.5f}"])
        rows.append([f"idle round {of}", f"{tick['once'] / 1e3:.5f}"])
    rows += [[name, f"{found[name]:.2f}"] for name in ("apscheduler", "redbeat") if name in found]
    return lined_up(rows)


def _parser() -> argparse.ArgumentParser:
    parser = CHOICE.parser()
    parser.add_argument("--couples", type=int, default=100_000, help="each with one ritual")
    parser.add_argument("--idle-rituals", type=int, default=500_000, help="none of them due")
    return parser


if __name__ == "__main__":
    main()
