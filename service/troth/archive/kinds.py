"""Values as they stand in a backup: JSON that is the same whichever database they come from.

A backup says of each column which kind it is, so that it can be read without the tables of today.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Float,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.types import TypeEngine

from troth.errors import TrothError
from troth.store.types import Instant


class ColumnKind(StrEnum):
    """What a column holds."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    TEXT = "text"
    INSTANT = "instant"
    JSON = "json"
    BYTES = "bytes"


# The first that fits: a Boolean is no Integer here, and a Text is a String.
_OF_TYPES: Sequence[tuple[type[TypeEngine[Any]], ColumnKind]] = (
    (Instant, ColumnKind.INSTANT),
    (Boolean, ColumnKind.BOOLEAN),
    (Integer, ColumnKind.INTEGER),
    (Float, ColumnKind.FLOAT),
    (JSON, ColumnKind.JSON),
    (LargeBinary, ColumnKind.BYTES),
    (String, ColumnKind.TEXT),
)
# How each kind is read and written. A JSON null is no value, as everywhere in Troth.
TYPES: Mapping[ColumnKind, TypeEngine[Any]] = {
    ColumnKind.INSTANT: Instant(),
    ColumnKind.BOOLEAN: Boolean(),
    ColumnKind.INTEGER: BigInteger(),
    ColumnKind.FLOAT: Float(),
    ColumnKind.JSON: JSON(none_as_null=True),
    ColumnKind.BYTES: LargeBinary(),
    ColumnKind.TEXT: Text(),
}


def kind_of(held: TypeEngine[Any]) -> ColumnKind:
    """Return the kind of a column's type; raises TrothError for one that backups can't hold."""
    for known, kind in _OF_TYPES:
        if isinstance(held, known):
            return kind
    raise TrothError(f"a backup can't hold columns of type {held!r}; add it to archive/kinds.py")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


_ENCODE: Mapping[ColumnKind, Callable[[Any], Any]] = {
    ColumnKind.INSTANT: _instant,
    ColumnKind.BOOLEAN: bool,
    ColumnKind.FLOAT: float,
    ColumnKind.BYTES: lambda value: base64.b64encode(value).decode(),
}
_DECODE: Mapping[ColumnKind, Callable[[Any], Any]] = {
    ColumnKind.INSTANT: datetime.fromisoformat,
    ColumnKind.BYTES: base64.b64decode,
}
# Keys keep their order, which some of Troth's own data means something by; NaN is no JSON.
_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def encode(kinds: Sequence[ColumnKind], row: Sequence[Any]) -> bytes:
    """Return a row as one line of JSON, without its end."""
    values = [
        value if value is None or (change := _ENCODE.get(kind)) is None else change(value)
        for kind, value in zip(kinds, row, strict=True)
    ]
    return _write(values).encode()


def decode(kinds: Sequence[ColumnKind], line: bytes) -> list[Any]:
    """Return the values of a line that `encode` made; raises ValueError for any other."""
    values = json.loads(line)
    return [
        value if value is None or (change := _DECODE.get(kind)) is None else change(value)
        for kind, value in zip(kinds, values, strict=True)
    ]
