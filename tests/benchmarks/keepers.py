"""Who keeps a store and brings it back: Troth's commands, and what each database has of its own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.benchmarks.acts import Took, act, program
from tests.benchmarks.archived import TROTH, Archived
from tests.benchmarks.progress import progress
from tests.support.key import KEY
from troth.archive.sealing import new_key

OWN = {"sqlite": "sqlite3.backup + gzip", "postgresql": "pg_dump -Fc"}
STORES = tuple(OWN)


@dataclass(frozen=True)
class Place:
    """A full database, two empty ones, and a folder for files."""

    store: str
    folder: Path
    full: str
    for_troth: str
    for_own: str
    binaries: Path  # of PostgreSQL


@dataclass(frozen=True)
class Kept:
    """One act, whatever the store was."""

    act: str
    by: str
    took: Took
    file_bytes: int

    def of(self, store: str, couples: int, rows: int) -> Archived:
        """The same of this store."""
        seconds, peak = self.took.seconds, self.took.peak_mb
        return Archived(
            store, couples, rows, self.act, self.by, seconds, self.file_bytes, peak_mb=peak
        )


def run(place: Place) -> tuple[int, list[Kept]]:
    """Return how many rows there are, and what each act took.

    Ends the benchmark where what was checked or restored is not what was written.
    """
    key, file = place.folder / "key", place.folder / "kept"
    new_key(key)
    options = ("--json", "--key-file", key, file)
    acts = {
        "backup": (place.full, ("backup", *options)),
        "verify": (place.full, ("backup", "--verify", *options)),
        "restore": (place.for_troth, ("restore", *options)),
    }
    found, told = [], []
    for name, (url, arguments) in acts.items():
        said, took = _troth(place, url, arguments)
        told.append(said)
        found.append(Kept(name, TROTH, took, file.stat().st_size))
        progress(f"{name}: {took.seconds:.2f} s")
    if told[0] != told[1] or told[0] != told[2]:
        raise SystemExit("backup: what was checked or restored is not what was written")
    rows = sum(int(table["rows"]) for table in told[0]["tables"].values())
    return rows, [*found, *_by_itself(place)]


def _troth(place: Place, url: str, arguments: Sequence[str | Path]) -> tuple[Any, Took]:
    env = {"TROTH_DATABASE_URL": url, "TROTH_SECRET_KEY": KEY, "TROTH_DATA": str(place.folder)}
    said, took = act(["troth", *arguments], env)
    return json.loads(said), took


def _by_itself(place: Place) -> list[Kept]:
    """What the database has of its own, which checks nothing."""
    file, name = place.folder / "own", OWN[place.store]
    full, empty = (make_url(url).database or "" for url in (place.full, place.for_own))
    if place.store == "sqlite":
        _, written = act(["sqlite-backup", full, file])
        _, restored = act(["sqlite-restore", file, empty])
    else:
        url, target = (each.replace("+psycopg", "") for each in (place.full, place.for_own))
        tool = place.binaries
        written = program([tool / "pg_dump", "-Fc", "--file", file, url])
        options = ("--single-transaction", "--exit-on-error", "--dbname", target)
        restored = program([tool / "pg_restore", *options, file])
    size = file.stat().st_size
    return [Kept("backup", name, written, size), Kept("restore", name, restored, size)]
