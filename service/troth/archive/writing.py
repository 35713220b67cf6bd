"""Writing a backup: one snapshot of every table, in lines, compressed, sealed, in one pass."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from troth.archive.manifest import GZIP, LONGEST_LINE, Head, Manifest, Shape, Sum, Summing, end_line
from troth.archive.rows import Progress, lines, nobody, shapes
from troth.archive.sealing import BackupKeys, Writer, seal
from troth.errors import TrothError, cause_of
from troth.store import schema
from troth.store.database import Database, be_patient
from troth.store.vault import Vault
from troth.whole_files import drafted

LEVEL = 3  # what is sealed already hardly shrinks: more effort takes time and saves little


def head_of(db: Database, vault: Vault, now: datetime, secret_key: str | None = None) -> Head:
    """Return the head of a backup taken at aware UTC `now`; with the secret key where given."""
    return Head(schema.head() or "", now, db.engine.dialect.name, vault.key_ids, secret_key)


def write(
    db: Database,
    head: Head,
    keys: BackupKeys,
    into: Writer,
    told: Progress = nobody,
    tables: Sequence[Shape] | None = None,
) -> Manifest:
    """Write a backup of the store as it is at this moment, while others go on writing to it.

    Of all its tables, unless others are named: those of an older schema. Raises TrothError where a
    newer Troth has changed them.
    """
    sums: dict[str, Sum] = {}
    with db.reading() as conn:
        be_patient(conn)
        if tables is None:
            schema.refuse_partly_known(conn)
        found = _all_lines(conn, head, tables or shapes(), sums, told)
        seal(compressed(found), keys, into)
    return Manifest(head, sums)


@contextmanager
def new_file(file: Path, *, replace: bool) -> Iterator[Writer]:
    """Give what becomes `file`, for its owner's eyes only, once all of it is on the disk.

    Raises TrothError where it is there already and may not be replaced, or can't be written.
    """
    there = TrothError(f"{file} is there already; name another file, or say --force")
    if file.exists() and not replace:
        raise there  # before all of it is written
    try:
        with drafted(file, replace=replace) as stream:
            yield stream
    except FileExistsError:
        raise there from None
    except OSError as error:
        raise TrothError(
            f"the backup {file} can't be written: {cause_of(error)}; name another place"
        ) from error


def _all_lines(
    conn: Connection, head: Head, tables: Sequence[Shape], sums: dict[str, Sum], told: Progress
) -> Iterator[bytes]:
    yield head.line()
    for shape in tables:
        yield shape.line()
        summing = Summing()
        for line in lines(conn, shape, told):
            summing.add(line)
            yield line
        sums[shape.table] = summing.done()
    yield end_line(sums)


def compressed(found: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines, each with its end, compressed; raises TrothError for one that is too long."""
    gzip = zlib.compressobj(LEVEL, wbits=GZIP)
    for line in found:
        if len(line) > LONGEST_LINE:
            raise TrothError(
                f"a row takes {len(line):,} bytes, and a backup holds none of more than "
                f"{LONGEST_LINE:,}; shorten the schedule file that it comes from, or report this"
            )
        if part := gzip.compress(line + b"\n"):
            yield part
    yield gzip.flush()
