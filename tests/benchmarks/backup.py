"""A whole store written into a file, checked and brought back, beside the databases' own ways.

    python -m tests.benchmarks.backup --couples 1000,10000

README.md beside this file tells what each figure means.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks import archived, evenings, keepers
from tests.benchmarks.archived import Archived
from tests.benchmarks.arguments import Choice
from tests.benchmarks.evenings import Played
from tests.benchmarks.keepers import STORES, Place
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.progress import progress
from tests.benchmarks.report import goals
from tests.benchmarks.servers import DurablePostgreSQL

CHOICE = Choice("backup", "store", STORES, {}, enough="sqlite")


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    chosen = CHOICE.chosen(given.only)
    known: dict[str, Any] = {"machine": machine(), "versions": versions()}
    with (
        tempfile.TemporaryDirectory(prefix="troth-backup-") as name,
        DurablePostgreSQL.running() as postgres,
    ):
        known["versions"]["postgresql"] = postgres.version
        played = _played(Path(name), given.evenings)
        found = [
            one
            for store in chosen
            for couples in given.couples
            for one in _measure(postgres, Path(name), store, played, couples)
        ]
    reached, ratio = archived.goals(found), archived.ratios(found)
    if given.json:
        told = {"acts": [one.data() for one in found], "ratios": ratio}
        aims = [goal.data() for goal in reached]
        print(json.dumps({"given": vars(given), **known, **told, "goals": aims}))  # noqa: T201
        return
    print(archived.table(found))  # noqa: T201
    print(archived.ratio_table(ratio))  # noqa: T201
    print(goals(reached))  # noqa: T201


def _played(folder: Path, count: int) -> Played:
    progress(f"playing {count} evenings of one couple")
    stage = folder / "stage"
    stage.mkdir()
    return evenings.play(stage, count)


def _measure(
    postgres: DurablePostgreSQL, folder: Path, store: str, played: Played, couples: int
) -> list[Archived]:
    """Fill a store, then keep it and bring it back, Troth and the database's own in turn."""
    with _place(postgres, folder, store) as place:
        progress(f"writing the rows of {couples} couples over {store}")
        evenings.fill(place.full, played, couples)
        progress("keeping them and bringing them back")
        rows, found = keepers.run(place)
    wanted = couples * played.count
    if rows < wanted:
        raise SystemExit(f"backup: {rows} rows are kept where {wanted} were to be")
    return [one.of(store, couples, rows) for one in found]


@contextmanager
def _place(postgres: DurablePostgreSQL, folder: Path, store: str) -> Iterator[Place]:
    """Three databases of one kind: the full one, and an empty one for each who restores."""
    with ExitStack() as stack:
        name = tempfile.mkdtemp(dir=folder)
        if store == "sqlite":
            urls = [f"sqlite:///{name}/{place}.db" for place in ("full", "troth", "own")]
        else:
            urls = [stack.enter_context(postgres.database()) for _ in range(3)]
        full, for_troth, for_own = urls
        yield Place(store, Path(name), full, for_troth, for_own, postgres.binaries)


def _parser() -> argparse.ArgumentParser:
    parser = CHOICE.parser()
    add = parser.add_argument
    add("--couples", type=_sizes, default=[1_000, 10_000], help="sizes of stores, with commas")
    add("--evenings", type=int, default=1, help="that every couple was asked, and answered")
    return parser


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


if __name__ == "__main__":
    main()
