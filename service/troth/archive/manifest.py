"""What a backup says of itself: its head, the shape of each table, and counts and hashes."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from troth import __version__
from troth.archive.kinds import ColumnKind
from troth.errors import TrothError

FORMAT = 1
GZIP = 31  # what zlib calls the format in which the lines are compressed
# Bytes of a line, which is held in memory: none longer is written, so none longer is read. What
# one row holds is bounded by what people may send and schedule files may say: some kilobytes.
LONGEST_LINE = 16 << 20
LONGEST_NAME = 63  # characters of a table's, as in PostgreSQL


@dataclass(frozen=True)
class Head:
    """The first line of a backup. `secret_key` is there only where it was asked for."""

    schema: str
    taken_at: datetime  # aware UTC
    database: str  # sqlite or postgresql
    key_ids: tuple[str, ...]  # of the secret keys that sealed what is private, newest first
    secret_key: str | None = field(default=None, repr=False)
    version: str = __version__
    format: int = FORMAT

    def line(self) -> bytes:
        """Return it as a line of JSON."""
        return _line(self.data())

    def data(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "taken_at": self.taken_at.astimezone(UTC).isoformat()}

    @classmethod
    def read(cls, line: bytes) -> "Head":
        """Read it back; raises TrothError for a format that is newer than this Troth.

        Raises ValueError or the like where it is not as `line` writes it.
        """
        data = json.loads(line)
        if data["format"] > FORMAT:
            raise TrothError(
                f"the backup was made by a newer Troth ({data['version']}); restore it with that"
            )
        taken_at = datetime.fromisoformat(data.pop("taken_at"))
        head = cls(taken_at=taken_at.astimezone(UTC), key_ids=tuple(data.pop("key_ids")), **data)
        texts = (head.schema, head.database, head.version, *head.key_ids)
        if taken_at.tzinfo is None or not head.key_ids:
            raise ValueError("of no moment, or sealed by no key")
        if not all(isinstance(each, str) for each in (*texts, head.secret_key or "")):
            raise TypeError("no text")
        return head


@dataclass(frozen=True)
class Shape:
    """The line before a table's rows: its name, its columns with their kinds, its primary key."""

    table: str
    columns: Mapping[str, ColumnKind]
    key: tuple[str, ...]

    def line(self) -> bytes:
        """Return it as a line of JSON."""
        return _line(asdict(self))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Shape":
        """Read it back."""
        kinds = {name: ColumnKind(kind) for name, kind in data["columns"].items()}
        shape = cls(data["table"], kinds, tuple(data["key"]))
        if not 0 < len(shape.table) <= LONGEST_NAME or not set(shape.key) <= kinds.keys():
            raise ValueError("no table, or a key of no columns")
        return shape


@dataclass(frozen=True)
class Sum:
    """How many rows a table has, and the SHA-256 over all of them in order."""

    rows: int
    sha256: str


@dataclass
class Summing:
    """A sum while rows still come."""

    rows: int = 0
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> None:
        """Count one row."""
        self.rows += 1
        self._hash.update(line + b"\n")

    def done(self) -> Sum:
        """Return the sum of what came."""
        return Sum(self.rows, self._hash.hexdigest())


@dataclass(frozen=True)
class Manifest:
    """All that is known of a backup without its rows."""

    head: Head
    sums: Mapping[str, Sum]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(each.rows for each in self.sums.values())

    def data(self) -> dict[str, Any]:
        """Return it as JSON for people and programs; the secret key stays out."""
        head = {**self.head.data(), "has_secret_key": self.head.secret_key is not None}
        del head["secret_key"]
        return {**head, "tables": {table: asdict(each) for table, each in self.sums.items()}}


def end_line(sums: Mapping[str, Sum]) -> bytes:
    """Return the last line of a backup: without it, it is none."""
    return _line({"end": {table: asdict(each) for table, each in sums.items()}})


def read_end(data: Mapping[str, Any]) -> dict[str, Sum]:
    """Read the last line back."""
    return {table: Sum(**each) for table, each in data["end"].items()}


def differing(wanted: Mapping[str, Sum], found: Mapping[str, Sum]) -> Sequence[str]:
    """Return the names of the tables that are not the same in both."""
    return [table for table in _names(wanted, found) if wanted.get(table) != found.get(table)]


def _names(*sums: Mapping[str, Sum]) -> Iterable[str]:
    return dict.fromkeys(name for each in sums for name in each)


def _line(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()
