"""Files that appear whole or not at all: keys to backups, the service's own key, backups."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from troth.archive.sealing import new_key
from troth.archive.writing import new_file
from troth.errors import TrothError
from troth.store.keyfile import keep_key, read_key
from troth.whole_files import drafted

MAKES = pytest.mark.parametrize("make", [new_key, lambda file: keep_key(file, "k" * 43)])
Make = Callable[[Path], object]


@contextmanager
def _full_disk(most: int) -> Iterator[None]:
    """No file of this process may become longer than so many bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@MAKES
def test_a_key_that_finds_no_room_is_named_and_nothing_of_it_is_left(make: Make, tmp_path: Path):
    with (
        pytest.raises(TrothError, match=r"can't be made: file too large; make room"),
        _full_disk(9),
    ):
        make(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []
    make(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


@MAKES
def test_a_key_where_nobody_may_write_is_named(make: Make):
    with pytest.raises(TrothError, match=r"/proc/key can't be made: .*; make room"):
        make(Path("/proc/key"))


@pytest.mark.parametrize("held", [b"", b"\n", b"\xff\xfe"])
def test_a_key_file_that_holds_no_key_is_not_taken_for_one(held: bytes, tmp_path: Path):
    file = tmp_path / "key"
    file.write_bytes(held)
    with pytest.raises(TrothError, match=r"key (can't be read: it is no text|is empty); .*copy"):
        read_key(file)
    with pytest.raises(TrothError):
        keep_key(file, "k" * 43)
    assert file.read_bytes() == held


def test_who_is_first_with_a_key_keeps_it(tmp_path: Path):
    file = tmp_path / "key"
    assert [keep_key(file, key * 43) for key in "ab"] == ["a" * 43] * 2
    assert read_key(file) == "a" * 43


def test_a_draft_that_nobody_writes_any_more_is_taken_away_and_no_other(tmp_path: Path):
    forsaken = tmp_path / ".backup.abcd_123.draft"
    others = [tmp_path / name for name in (".backup.abcd_123", ".backup.b.abcd_123.draft", "x")]
    for file in (forsaken, *others):
        file.write_text("half")
    with new_file(tmp_path / "backup", replace=True) as first:
        first.write(b"first")
        assert not forsaken.exists()
        with drafted(tmp_path / "backup") as second:
            second.write(b"second")
        assert (tmp_path / "backup").read_bytes() == b"second"
    assert (tmp_path / "backup").read_bytes() == b"first"
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "backup", *others])


def test_a_link_that_looks_like_a_draft_leads_to_no_other_file(tmp_path: Path):
    """Its file was opened: closing the store's own would end the locks that SQLite has on it."""
    kept, link = tmp_path / "kept", tmp_path / ".key.abcd_123.draft"
    kept.write_text("another's")
    link.symlink_to(kept)
    keep_key(tmp_path / "key", "k" * 43)
    assert link.is_symlink()
    assert kept.read_text() == "another's"
