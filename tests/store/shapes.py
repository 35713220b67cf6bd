"""The shape of a schema as a database has it, and what a newer one takes from older code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect


@dataclass(frozen=True)
class Shape:
    """What there is of one table."""

    columns: Mapping[str, Any]
    checks: Mapping[str, frozenset[str]]  # the words of each
    others: frozenset[tuple[object, ...]]  # what else a row must obey


def shapes(conn: Connection) -> dict[str, Shape]:
    seen = inspect(conn)
    return {name: _shape(seen, name) for name in seen.get_table_names()}


def _shape(seen: Any, name: str) -> Shape:
    columns = {column["name"]: column for column in seen.get_columns(name)}
    checks = {
        str(check["name"]): frozenset(re.findall(r"'([^']*)'", check["sqltext"]))
        for check in seen.get_check_constraints(name)
    }
    unique = {("unique", *one["column_names"]) for one in seen.get_unique_constraints(name)}
    unique |= {("unique", *i["column_names"]) for i in seen.get_indexes(name) if i["unique"]}
    keys = {("key", *one["constrained_columns"]) for one in seen.get_foreign_keys(name)}
    return Shape(columns, checks, frozenset(unique | keys))


def narrowed(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> list[str]:
    """What code that knows only `before` can't do any more in `after`."""
    found = [f"{name} is gone" for name in before.keys() - after.keys()]
    for name in before.keys() & after.keys():
        found += [f"{name}: {what}" for what in _narrowed(before[name], after[name])]
    return found


def _narrowed(was: Shape, now: Shape) -> list[str]:
    found = [f"{name} is gone" for name in was.columns.keys() - now.columns.keys()]
    for name, column in now.columns.items():
        needed = not column["nullable"] and column["default"] is None
        if name not in was.columns:
            found += [f"{name} must be given"] if needed else []
        elif str(was.columns[name]["type"]) != str(column["type"]):
            found.append(f"{name} has another type")
        elif was.columns[name]["nullable"] and not column["nullable"]:
            found.append(f"{name} may not be empty")
    found += [f"{name} is new" for name in now.checks.keys() - was.checks.keys()]
    found += [
        f"{name} lost a word"
        for name, words in was.checks.items()
        if name in now.checks and words - now.checks[name]
    ]
    return found + [f"{rule} is new" for rule in now.others - was.others]
