"""Column types that both databases read back the same."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, DateTime, Dialect, literal_column
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite keeps no zone, so it is put back on when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        refuse_naive([value])
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Return aware UTC."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def refuse_naive(moments: Iterable[datetime | None]) -> None:
    """Raise ValueError where a moment names no zone: the database would guess one."""
    if any(moment is not None and moment.tzinfo is None for moment in moments):
        raise ValueError("a moment in the store is aware UTC, never naive")


def is_false(column: ColumnElement[bool]) -> ColumnElement[bool]:
    """Match where a flag is not set, in the very words with which its partial index was made.

    SQLite uses such an index for no other words: `IS 0` let clocks read every occurrence there was.
    """
    return column.is_(literal_column("false"))


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that holds a column to a status enum's words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_word")
