"""Many couples' rituals due in one minute, and a clock that has nothing to do.

    python -m tests.benchmarks.plan --couples 100000

README.md beside this file tells what each figure means.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.benchmarks import idle, planning, schedulers
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.progress import progress
from tests.benchmarks.report import Goal, goals, lined_up
from tests.benchmarks.servers import DurablePostgreSQL
from tests.support.servers import Redis

PARTS = ("plan", "idle", "apscheduler", "redbeat")
NEEDS = {"apscheduler": "apscheduler", "redbeat": "redbeat"}
FEW = 1_000  # rituals


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    chosen = _chosen(given.only)
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


def _chosen(only: str | None) -> list[str]:
    chosen = only.split(",") if only else list(PARTS)
    for name in chosen:
        if name not in PARTS:
            raise SystemExit(f"plan: no part '{name}'; there are {', '.join(PARTS)}")
        if name in NEEDS and find_spec(NEEDS[name]) is None:
            raise SystemExit(
                f"plan: {NEEDS[name]} is not installed here; run make benchmarks, which fetches it "
                "into .venv-benchmarks, or leave it out: --only plan,idle"
            )
    return chosen


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.plan")
    parser.add_argument("--couples", type=int, default=100_000, help="each with one ritual")
    parser.add_argument("--idle-rituals", type=int, default=500_000, help="none of them due")
    parser.add_argument("--only", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


if __name__ == "__main__":
    main()
