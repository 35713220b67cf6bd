"""Loading rows into an empty store: the schema they were written with, their places, their sums."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Select, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from troth.archive.kinds import decode
from troth.archive.manifest import LONGEST_LINE, Head, Shape, Sum, differing
from troth.archive.rows import BATCH, Progress, light_table, nobody, sums
from troth.archive.sealing import MALFORMED, damaged
from troth.errors import TrothError
from troth.store import schema
from troth.store.marks import OF_ONE_DATABASE
from troth.store.tables import metadata, positions


class Loader:
    """Takes what a backup holds (see reading.Taker) into an empty store, in one transaction."""

    def __init__(self, conn: Connection, told: Progress = nobody) -> None:
        self._conn, self._told = conn, told
        self._shapes: list[Shape] = []
        self._lines: list[bytes] = []
        self._bytes = 0  # of these lines
        self._done = 0

    def head(self, head: Head) -> None:
        """Make the tables as they were where the rows come from."""
        make_room(self._conn, head.schema)

    def table(self, shape: Shape) -> None:
        """Begin a table. Raises TrothError where it is none of Troth's, or has other columns."""
        self._write()
        if not columns_of(self._conn, shape.table) >= shape.columns.keys():
            raise damaged()
        self._shapes.append(shape)
        self._done = 0

    def row(self, line: bytes) -> None:
        """Take a row; it is written with others."""
        self._lines.append(line)
        self._bytes += len(line)
        if len(self._lines) >= BATCH or self._bytes >= LONGEST_LINE:
            self._write()

    def finish(self, wanted: Mapping[str, Sum]) -> None:
        """Write what is left, hold it against its sums, and bring the schema up to date.

        Raises TrothError where the store differs from what was to be loaded.
        """
        self._write()
        check_tables(self._conn, self._shapes)
        found = self._found()
        if different := differing(wanted, found):
            raise TrothError(
                f"{', '.join(different)} would not be what was written; nothing was changed; "
                "take another copy, or report this"
            )
        schema.upgrade(self._conn)
        number_on(self._conn)

    def _found(self) -> dict[str, Sum]:
        """Return the sums of what was loaded; raises TrothError where it can't be read back."""
        try:
            return sums(self._conn, self._shapes, lambda table, rows: self._told(f"{table}?", rows))
        except MALFORMED as error:
            raise damaged() from error

    def _write(self) -> None:
        if not self._lines:
            return
        shape = self._shapes[-1]
        kinds = list(shape.columns.values())
        names = list(shape.columns)
        try:
            rows = [dict(zip(names, decode(kinds, line), strict=True)) for line in self._lines]
            self._conn.execute(insert(light_table(shape)), rows)
        except DBAPIError as error:
            cause = type(error.orig).__name__  # its text would show the row
            raise TrothError(
                f"the database refuses rows of {shape.table} ({cause}); nothing was changed; "
                "restore into another kind of database, or report this"
            ) from error
        except (StatementError, *MALFORMED) as error:
            raise damaged() from error
        self._done += len(rows)
        self._lines, self._bytes = [], 0
        self._told(shape.table, self._done)


def make_room(conn: Connection, revision: str) -> None:
    """Make every table of a revision in an empty database; nobody else may use them meanwhile.

    Raises TrothError where a table holds anything, or the revision is newer than this Troth.
    """
    if not schema.is_known(revision):
        raise TrothError(
            f"the backup was made by a newer Troth (schema {revision}, this one knows up to "
            f"{schema.head()}); restore it with that"
        )
    schema.take_turns(conn)
    held = _held(conn)
    _refuse_filled(conn, held)
    if schema.refuse_strange(conn) != revision:
        metadata.drop_all(conn, [metadata.tables[name] for name in held])
        conn.execute(text("DROP TABLE IF EXISTS alembic_version"))
        schema.upgrade(conn, revision)


def check_tables(conn: Connection, shapes: Sequence[Shape]) -> None:
    """Raise TrothError unless these are all the tables of the store, with all their columns."""
    looked = inspect(conn)
    names = {shape.table for shape in shapes}
    lacking = {name for name in looked.get_table_names() if name in metadata.tables} - names
    lacking |= {
        shape.table for shape in shapes if columns_of(conn, shape.table) != shape.columns.keys()
    }
    if lacking:
        listed = ", ".join(sorted(lacking))
        raise TrothError(f"the backup does not hold all of {listed}; nothing was changed")


def columns_of(conn: Connection, table: str) -> set[str]:
    """Return the columns of one of Troth's tables as the store has it; of any other, none."""
    looked = inspect(conn)
    if table not in metadata.tables or not looked.has_table(table):
        return set()
    return {str(column["name"]) for column in looked.get_columns(table)}


def number_on(conn: Connection) -> None:
    """Let new ids go on after the highest there is; SQLite does so by itself."""
    if conn.dialect.name == "sqlite":
        return
    for table in metadata.tables.values():
        if "id" in table.c:
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            highest = f"SELECT setval({sequence}, max(id)) FROM {table.name} HAVING max(id) > 0"  # noqa: S608 - our own names
            conn.execute(text(highest))


def refuse_filled(conn: Connection) -> None:
    """Raise TrothError where a table holds anything; others may go on with them."""
    _refuse_filled(conn, _there(conn))


def _held(conn: Connection) -> list[str]:
    """Return the tables of Troth that are there, held against everybody else."""
    there = _there(conn)
    if there and conn.dialect.name == "postgresql":
        conn.execute(text(f"LOCK TABLE {', '.join(there)} IN ACCESS EXCLUSIVE MODE"))
    return there


def _there(conn: Connection) -> list[str]:
    return [name for name in inspect(conn).get_table_names() if name in metadata.tables]


def _refuse_filled(conn: Connection, held: Sequence[str]) -> None:
    filled = [name for name in held if conn.execute(_any_row(name)).first()]
    if filled:
        raise TrothError(
            f"the store to fill is not empty ({', '.join(filled)}); nothing was changed; "
            "name an empty one in TROTH_DATABASE_URL, or put this one out of the way first"
        )


def _any_row(name: str) -> Select[tuple[object]]:
    """One row of a table, but none of those that are about the database itself."""
    query: Select[tuple[object]] = select(text("1")).select_from(metadata.tables[name]).limit(1)
    if name == positions.name:
        return query.where(positions.c.name.not_in(OF_ONE_DATABASE))
    return query
