"""The files in which a worker's processes count: made for each, and gone with who made them."""

from pathlib import Path

import pytest

from troth.errors import TrothError
from troth.telemetry import worker_files
from troth.telemetry.worker_files import KINDS, metrics_folder, prepare


def test_a_folder_of_counts_goes_with_who_made_it():
    with metrics_folder() as folder:
        prepare(folder, 0)
        assert len(list(folder.iterdir())) == len(KINDS)
        prepare(folder, 0)  # as often as the process at that place dies
        assert len(list(folder.iterdir())) == len(KINDS)
    assert not folder.exists()


def test_where_no_folder_can_be_made_the_mend_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(worker_files, "MEMORY", tmp_path / "none")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "neither"))
    with pytest.raises(TrothError, match="TMPDIR, or unset TROTH_WATCH"), metrics_folder():
        pass
