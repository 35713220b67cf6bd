"""Reading a backup: every line is held against what the backup says of itself."""

import json
import zlib
from pathlib import Path
from typing import Protocol

from troth.archive.manifest import (
    GZIP,
    LONGEST_LINE,
    Head,
    Manifest,
    Shape,
    Sum,
    Summing,
    differing,
    read_end,
)
from troth.archive.sealing import MALFORMED, BackupKeys, damaged, unseal
from troth.errors import TrothError

_MOST = 1 << 20  # bytes that are unpacked at a time
_MOST_TABLES = 1_000  # each is remembered until the end; no Troth has had a tenth of them


class Taker(Protocol):
    """Who takes what a backup holds, in its order."""

    def head(self, head: Head) -> None:
        """Take what comes first."""
        ...

    def table(self, shape: Shape) -> None:
        """Take the beginning of a table."""
        ...

    def row(self, line: bytes) -> None:
        """Take a row of the table that began last."""
        ...


class Nobody:
    """Who takes nothing: a backup is only checked."""

    def head(self, head: Head) -> None:
        """See Taker."""

    def table(self, shape: Shape) -> None:
        """See Taker."""

    def row(self, line: bytes) -> None:
        """See Taker."""


def read(file: Path, keys: BackupKeys, taker: Taker) -> Manifest:
    """Give all of a backup to `taker`, and return its manifest once everything agrees with it.

    Raises TrothError otherwise: what was taken by then is worth nothing.
    """
    unpacking = _Unpacking(_Lines(taker))
    try:
        with file.open("rb") as stream:
            unseal(stream, keys, unpacking)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise TrothError(f"the backup {file} can't be read: {error.strerror}") from error
    except MALFORMED as error:
        raise damaged() from error
    return unpacking.done()


def verify(file: Path, keys: BackupKeys) -> Manifest:
    """Check all of a backup; see `read`."""
    return read(file, keys, Nobody())


class _Unpacking:
    """Takes what was compressed, in parts of any size, and gives lines."""

    def __init__(self, lines: "_Lines") -> None:
        self._lines = lines
        self._gzip = zlib.decompressobj(GZIP)
        self._begun = b""

    def write(self, data: bytes) -> int:
        """Take a part."""
        self._take(self._gzip.decompress(data, _MOST))
        while self._gzip.unconsumed_tail:
            self._take(self._gzip.decompress(self._gzip.unconsumed_tail, _MOST))
        if self._gzip.unused_data:  # of which all would be kept in memory
            raise damaged()
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back but the beginning of a line."""

    def done(self) -> Manifest:
        """Return the manifest; raises TrothError unless this was the end, and nothing beyond it."""
        manifest = self._lines.manifest
        if manifest is None or self._begun or not self._gzip.eof:
            raise damaged()
        return manifest

    def _take(self, text: bytes) -> None:
        *whole, self._begun = (self._begun + text).split(b"\n")
        if max(map(len, (*whole, self._begun))) > LONGEST_LINE:
            raise TrothError(
                f"a line of the backup is longer than {LONGEST_LINE:,} bytes, which no Troth "
                "writes; take another copy, and ask who made this one"
            )
        for line in whole:
            self._lines.take(line)


class _Lines:
    """Takes the lines of a backup: rows are lists, everything else is an object."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._head: Head | None = None
        self._shape: Shape | None = None
        self._summing = Summing()
        self._sums: dict[str, Sum] = {}
        self.manifest: Manifest | None = None

    def take(self, line: bytes) -> None:
        """Take one; raises ValueError or TrothError where it is out of place."""
        if self.manifest is not None:
            raise damaged()
        if self._head is None:
            self._head = Head.read(line)
            self._taker.head(self._head)
        elif line.startswith(b"["):
            self._row(line)
        else:
            self._next(line, self._head)

    def _row(self, line: bytes) -> None:
        if self._shape is None:
            raise damaged()
        self._summing.add(line)
        self._taker.row(line)

    def _next(self, line: bytes, head: Head) -> None:
        if self._shape is not None:
            self._sums[self._shape.table] = self._summing.done()
        data = json.loads(line)
        if "end" in data:
            if differing(read_end(data), self._sums):
                raise damaged()
            self.manifest = Manifest(head, self._sums)
            return
        self._shape, self._summing = Shape.read(data), Summing()
        if self._shape.table in self._sums or len(self._sums) >= _MOST_TABLES:
            raise damaged()
        self._taker.table(self._shape)
