"""The rows of a store, table by table, as lines, and their sums."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    collate,
    column,
    select,
    table,
)

from troth.archive.kinds import TYPES, ColumnKind, encode, kind_of
from troth.archive.manifest import Shape, Sum, Summing
from troth.store.marks import OF_ONE_DATABASE
from troth.store.tables import metadata, positions

BATCH = 1_000
Progress = Callable[[str, int], None]  # a table's name, and how many of its rows are done


def nobody(_table: str, _rows: int) -> None:
    """Tell nobody."""


def shapes() -> list[Shape]:
    """Return every table that this Troth has: first those to which others point."""
    return [
        Shape(
            each.name,
            {str(held.name): kind_of(held.type) for held in each.columns},
            tuple(str(held.name) for held in each.primary_key),
        )
        for each in metadata.sorted_tables
    ]


def lines(conn: Connection, shape: Shape, told: Progress = nobody) -> Iterator[bytes]:
    """Yield a table's rows in the order of its primary key, some of them in memory at a time."""
    kinds = list(shape.columns.values())
    found = conn.execute(_query(conn, shape), execution_options={"yield_per": BATCH})
    done = 0
    for batch in found.partitions():
        for row in batch:
            yield encode(kinds, row)
        done += len(batch)
        told(shape.table, done)


def sums(conn: Connection, found: list[Shape], told: Progress = nobody) -> dict[str, Sum]:
    """Return the sum of each of these tables as the database has it now."""
    return {shape.table: _sum(lines(conn, shape, told)) for shape in found}


def light_table(shape: Shape) -> Table:
    """Return a table of these columns alone: what it takes to write its rows."""
    columns: list[Column[Any]] = [Column(name, TYPES[kind]) for name, kind in shape.columns.items()]
    return Table(shape.table, MetaData(), *columns)


def _query(conn: Connection, shape: Shape) -> Select[Any]:
    columns: list[Any] = [column(name, TYPES[kind]) for name, kind in shape.columns.items()]
    query = select(*columns).select_from(table(shape.table)).order_by(*_order(conn, shape))
    if shape.table == positions.name:
        return query.where(column("name").not_in(OF_ONE_DATABASE))
    return query


def _order(conn: Connection, shape: Shape) -> list[ColumnElement[Any]]:
    """Return the primary key; text by its bytes, for each database sorts it by its own lights."""
    by_bytes = "C" if conn.dialect.name == "postgresql" else "BINARY"
    return [
        collate(column(name), by_bytes) if shape.columns[name] is ColumnKind.TEXT else column(name)
        for name in shape.key
    ]


def _sum(found: Iterator[bytes]) -> Sum:
    summing = Summing()
    for line in found:
        summing.add(line)
    return summing.done()
