"""The file: whatever is changed, cut off, put elsewhere or added is noticed."""

import errno
import io
import os
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.conftest import NOW, Shelf
from troth.archive.kinds import ColumnKind, decode, encode
from troth.archive.manifest import LONGEST_LINE, Head, Shape, Summing, end_line
from troth.archive.reading import Nobody, read, verify
from troth.archive.sealing import BackupKeys, new_key, read_keys, seal
from troth.archive.writing import compressed, new_file
from troth.errors import TrothError
from troth.store.database import Database

HEAD = Head("0004", NOW, "sqlite", ("12345678",))
SHAPE = Shape("positions", {"name": ColumnKind.TEXT, "position": ColumnKind.TEXT}, ("name",))
ROWS = [f'["{number}","of a mailbox"]'.encode() for number in range(6_000)]


def _lines(rows: Sequence[bytes]) -> list[bytes]:
    summing = Summing()
    for row in rows:
        summing.add(row)
    return [HEAD.line(), SHAPE.line(), *rows, end_line({SHAPE.table: summing.done()})]


def _sealed(keys: BackupKeys, lines: Sequence[bytes]) -> bytes:
    into = io.BytesIO()
    seal([zlib.compress(b"".join(line + b"\n" for line in lines), wbits=31)], keys, into)
    return into.getvalue()


@pytest.fixture(scope="module")
def whole(keys: BackupKeys) -> bytes:
    return _sealed(keys, _lines(ROWS))


@pytest.fixture(scope="module")
def look(keys: BackupKeys, tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], object]:
    """Verifies a backup of these bytes."""
    file = tmp_path_factory.mktemp("format") / "backup"

    def write_and_verify(data: bytes) -> object:
        file.write_bytes(data)
        return verify(file, keys)

    return write_and_verify


def test_a_backup_that_is_whole_is_read(keys: BackupKeys, whole: bytes, tmp_path: Path):
    (tmp_path / "backup").write_bytes(whole)
    assert verify(tmp_path / "backup", keys).rows == len(ROWS)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_any_byte_that_is_changed_is_noticed(
    whole: bytes, look: Callable[[bytes], object], data: st.DataObject
):
    place = data.draw(st.integers(0, len(whole) - 1))
    change = data.draw(st.integers(1, 255))
    with pytest.raises(TrothError):
        look(whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :])


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_any_end_that_is_missing_is_noticed(
    whole: bytes, look: Callable[[bytes], object], data: st.DataObject
):
    with pytest.raises(TrothError):
        look(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_what_is_added_is_noticed(whole: bytes, look: Callable[[bytes], object]):
    with pytest.raises(TrothError):
        look(whole + b"\0")
    with pytest.raises(TrothError):
        look(whole + whole)


def test_lines_that_do_not_agree_are_refused(keys: BackupKeys, look: Callable[[bytes], object]):
    """Sealed well, and yet not what a Troth would have written."""
    good = _lines(ROWS[:3])
    for bad in (
        [*good[:2], *reversed(good[2:5]), good[5]],
        [*good[:4], good[5]],
        good[:-1],
        [*good, good[2]],
        [good[0], *good[2:]],
        good[1:],
        [good[0], b"{}"],
        [good[0], b"no json"],
        [good[0], b'{"table":"positions","columns":[],"key":[]}'],
        [b"[" * 100_000],
    ):
        with pytest.raises(TrothError):
            look(_sealed(keys, bad))


def test_a_line_without_an_end_takes_no_memory(keys: BackupKeys, tmp_path: Path):
    """A GiB of one row, sealed well: it is given up where it is longer than any that is written."""
    pack = zlib.compressobj(wbits=31)
    begin = pack.compress(b"\n".join(_lines(ROWS)[:3]) + b'\n["') + pack.flush(zlib.Z_FULL_FLUSH)
    mebibyte = pack.compress(b"x" * (1 << 20)) + pack.flush(zlib.Z_FULL_FLUSH)
    into = io.BytesIO()
    seal([begin, *(mebibyte for _ in range(1 << 10))], keys, into)
    (tmp_path / "backup").write_bytes(into.getvalue())
    tracemalloc.start()
    with pytest.raises(TrothError, match="longer than 16,777,216 bytes, which no Troth writes"):
        verify(tmp_path / "backup", keys)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * LONGEST_LINE


def test_a_line_that_could_not_be_read_back_is_not_written():
    longest = b"x" * LONGEST_LINE
    assert zlib.decompress(b"".join(compressed([longest])), wbits=31) == longest + b"\n"
    with pytest.raises(TrothError, match=r"16,777,217 bytes.*shorten"):
        list(compressed([longest + b"x"]))


def test_another_key_does_not_open_it(whole: bytes, tmp_path: Path):
    new_key(tmp_path / "key")
    (tmp_path / "backup").write_bytes(whole)
    with pytest.raises(TrothError, match="can't be opened"):
        verify(tmp_path / "backup", read_keys((tmp_path / "key").read_text()))


def test_the_public_key_seals_and_does_not_open(keys: BackupKeys, whole: bytes, tmp_path: Path):
    (tmp_path / "backup").write_bytes(whole)
    with pytest.raises(TrothError, match="takes its secret key"):
        verify(tmp_path / "backup", read_keys(str(keys.public[0])))


def test_a_key_that_is_none_is_not_shown():
    for bad in ("AGE-SECRET-KEY-1SECRET", "hunter2"):
        with pytest.raises(TrothError) as raised:
            read_keys(bad)
        assert "--new-key" in str(raised.value)
        assert bad not in str(raised.value)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {
    ColumnKind.BOOLEAN: st.booleans(),
    ColumnKind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    ColumnKind.FLOAT: FLOATS,
    ColumnKind.TEXT: st.text(),
    ColumnKind.INSTANT: st.datetimes(timezones=st.just(UTC)),
    ColumnKind.JSON: st.recursive(
        st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    ColumnKind.BYTES: st.binary(),
}


@given(st.tuples(*(st.none() | VALUES[kind] for kind in ColumnKind)))
@settings(max_examples=50, deadline=None)
def test_every_value_comes_back_from_its_line(row: tuple[Any, ...]):
    line = encode(list(ColumnKind), row)
    assert b"\n" not in line
    assert decode(list(ColumnKind), line) == list(row)
    assert encode(list(ColumnKind), decode(list(ColumnKind), line)) == line


def test_a_trouble_of_who_takes_it_is_not_called_damage(
    keys: BackupKeys, whole: bytes, tmp_path: Path
):
    class Full(Nobody):
        def row(self, _line: bytes) -> None:
            raise TrothError("the database refuses rows")

    (tmp_path / "backup").write_bytes(whole)
    with pytest.raises(TrothError, match="refuses rows"):
        read(tmp_path / "backup", keys, Full())


def test_a_file_that_is_there_is_not_replaced_unasked(
    played: Database, shelf: Shelf, tmp_path: Path
):
    taken = tmp_path / "taken"
    taken.write_text("another")
    with pytest.raises(TrothError, match="--force"), new_file(taken, replace=False):
        pass
    with pytest.raises(ZeroDivisionError), new_file(taken, replace=True) as stream:
        stream.write(b"half")
        raise ZeroDivisionError
    assert taken.read_text() == "another"
    shelf.backup(played)
    assert shelf.file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob(".*"))


def test_where_no_links_can_be_made_a_backup_gets_its_name_all_the_same(
    played: Database, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
):
    def refuse(_draft: Path, file: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", str(file))

    monkeypatch.setattr(os, "link", refuse)  # as on a stick with FAT
    with new_file(shelf.file, replace=False) as stream:
        stream.write(b"all of it")
    assert shelf.file.read_bytes() == b"all of it"
    with pytest.raises(TrothError, match="--force"), new_file(shelf.file, replace=False):
        pass
    assert not list(shelf.folder.glob(".*"))


def test_a_moment_of_any_zone_is_the_same_line():
    kinds = [ColumnKind.INSTANT]
    moment = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert encode(kinds, [moment]) == encode(kinds, [moment.astimezone(NOW.tzinfo)])
