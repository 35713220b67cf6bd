"""Where a key stands in a TOML file: tomllib reads values but keeps no lines."""

import re
from collections.abc import Sequence

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_"'-]+)*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
LONGEST_LINE = 2_000  # characters looked at: keys stand at the beginning
_FENCE = re.compile(r"\"\"\"|\'\'\'")

Path = tuple[str, ...]


class KeyLines:
    """The line of every table and key of a TOML text that tomllib has accepted.

    A table of a list (`[[answers]]`) goes by its place in it, from 0: `answers.1`.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._lists: dict[Path, int] = {}  # how many tables of each list were seen
        table: Path = ()
        fence: str | None = None
        for number, line in enumerate(text.splitlines(), start=1):
            if fence is None:
                table = self._note(line, number, table)
            fence = _fence_after(line, fence)

    def _note(self, line: str, number: int, table: Path) -> Path:
        line = line[:LONGEST_LINE].rstrip()
        header = _TABLE.match(line)
        if header:
            table = self._table(_parts(header[2]), is_listed=header[1] == "[[")
            self._lines.setdefault(table, number)
        elif key := _KEY.match(line):
            self._lines.setdefault(table + _parts(key[1]), number)
        return table

    def _table(self, named: Path, *, is_listed: bool) -> Path:
        """Return the whole path of a table: below a list, it belongs to that list's last one."""
        path: Path = ()
        for index, part in enumerate(named):
            path = (*path, part)
            if is_listed and index == len(named) - 1:
                self._lists[path] = self._lists.get(path, 0) + 1
            if path in self._lists:
                path = (*path, str(self._lists[path] - 1))
        return path

    def of(self, path: Sequence[str | int]) -> int:
        """Return the line of `path`, or of the nearest table that holds it, or 1."""
        keys = tuple(str(part) for part in path)
        for length in range(len(keys), 0, -1):
            line = self._lines.get(keys[:length]) or self._first_below(keys[:length])
            if line:
                return line
        return 1

    def _first_below(self, prefix: Path) -> int | None:
        below = (n for path, n in self._lines.items() if path[: len(prefix)] == prefix)
        return min(below, default=None)


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _fence_after(line: str, fence: str | None) -> str | None:
    """Follow multi-line strings, whose content must not be read as keys."""
    for mark in _FENCE.findall(line):
        if fence is None:
            fence = mark
        elif fence == mark:
            fence = None
    return fence
