"""A disk without room: said clearly, nothing half written, and on it goes when there is room."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.faults.home import Disk, Home, at_home
from tests.faults.oracle import Oracle
from tests.faults.sink import Manner
from tests.faults.sizes import FULL, size

pytestmark = pytest.mark.timeout(1_800 if FULL else 300)
NO_ROOM = "database or disk is full|disk I/O error"


def test_a_full_disk_is_said_clearly_and_nothing_is_half_written(tmp_path: Path):
    folder = tmp_path / "disk"
    folder.mkdir()
    with Disk(folder).mounted() as disk, at_home(tmp_path, folder) as home:
        process = home.start()
        home.sink.manners["kind"] = Manner(latency=0.1)
        scale = size("disk full")
        with home.burst(scale) as oracle:
            home.sink.wait_for(scale.nudges // 3, timeout=30)
            disk.fill(process)
            process.wait_for_line(NO_ROOM, timeout=60)
            _check_pages_say_so(home, oracle)
            _check_file(home)
            disk.make_room(process)
            home.finish(oracle, "the disk was full")
            _check_file(home)


def _check_pages_say_so(home: Home, oracle: Oracle) -> None:
    """An answer that can't be kept is not thanked for: the page says so."""
    token = oracle.arrivals()[0].token
    answer = httpx.post(f"{home.pages[0]}/r/{token}", data={"verb": "later", "form": "full"})
    assert answer.status_code >= 500
    assert "Traceback" not in answer.text


def _check_file(home: Home) -> None:
    with home.store.db.reading() as conn:
        assert conn.execute(text("PRAGMA integrity_check")).scalar() == "ok"
