"""The benchmarks run, and tell what they promise. What they measure is no test's business."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import archived, asked, burst, replies
from tests.benchmarks.archived import Archived
from tests.benchmarks.measure import timing
from tests.support.wire import Arrival

NUDGES = 100
FIGURES = {"name", "nudges", "timing", "cpu", "cpu_beside", "peaks", "statements", "commits"}


def _run(module: str, *options: str) -> dict[str, Any]:
    """What a benchmark prints as JSON."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_burst_reaches_the_sink_exactly_once_and_is_told_in_full() -> None:
    sizes = (f"--nudges={NUDGES}", "--latency-ms=20", "--processes=1", "--concurrency=50")
    found = _run("burst", "--only=troth,ceiling", "--no-wait", *sizes)
    assert found["loaded"]["couples"] == NUDGES // 2
    for name in ("troth", "ceiling"):
        (run,) = found["runs"][name]
        assert set(run) >= FIGURES
        assert run["timing"]["arrived"] == NUDGES
        assert run["timing"]["repeated"] == 0
        assert run["cpu"] > 0
        assert run["worker_mb"] > 0
    assert set(found["medians"]["troth"]["peaks"]) >= {"clock", "web"}
    assert {goal["name"] for goal in found["goals"]} >= {"nudges/s, troth / ceiling"}


def test_every_copied_couple_is_planned_dispatched_and_inserted_once() -> None:
    couples = 20
    found = _run("plan", "--only=plan,idle", f"--couples={couples}", "--idle-rituals=50")
    assert found["plan"]["rows"] == {
        "occurrences": couples,
        "nudges": 2 * couples,
        "ledger": couples,
    }
    assert found["plan"]["claimed"] == 2 * couples
    assert found["plan"]["insert"] > 0
    assert [tick["rituals"] for tick in found["idle"]] == [50, 50]


def test_every_reply_is_kept_and_settled_at_every_door() -> None:
    found = _run("replies", "--replies=40", "--at-once=4", "--processes=2")
    doors = {door["name"]: door for door in found["doors"]}
    assert set(doors) == {"embedded", "cluster", "bare, sqlite", "bare, postgresql"}
    for door in doors.values():
        assert door["replies"] == 36  # four came before it was measured
        assert 0 < door["p50"] <= door["p99"] <= door["longest"]
        assert door["rate"] > 0
    assert set(found["ratios"]) >= {"replies/s, embedded / bare, sqlite"}


def test_every_row_is_kept_and_brought_back_from_either_database() -> None:
    found = _run("backup", "--couples=20")
    done = {(one["store"], one["couples"], one["act"], one["by"]) for one in found["acts"]}
    assert len(done) == len(found["acts"]) == 10
    for one in found["acts"]:
        assert one["rows"] >= 20 * one["couples"]
        assert one["rate"] > 0
        assert one["file_bytes"] > 0
        assert one["peak_mb"] or one["by"] == "pg_dump -Fc"
    assert set(found["ratios"]) >= {"seconds, restore, 20 couples, troth / pg_dump -Fc"}


def test_memory_that_grows_with_the_store_is_no_goal_met() -> None:
    few = Archived("sqlite", 10, 200, "backup", "troth", 1.0, 1_000, peak_mb=100)
    (grown,) = archived.goals([few, replace(few, couples=100, peak_mb=200)])
    (steady,) = archived.goals([few, replace(few, couples=100, peak_mb=110)])
    assert (grown.value, grown.is_met, steady.is_met) == (2.0, False, True)
    assert archived.goals([few]) == []


def test_what_was_not_kept_ends_the_benchmark(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="0 are kept where 20 were to be"):
        asked.check_kept(f"sqlite:///{tmp_path / 'troth.db'}", couples=10)


def test_partners_say_what_every_outcome_needs() -> None:
    assert asked.outcomes(couples=20) == {"kept": 16, "excused": 2, "missed": 2}
    said = asked.answers(couples=20)
    assert len({answer.name for answer in said} | {answer.sender for answer in said}) == 80


def test_replies_come_two_a_couple_and_not_all_at_once() -> None:
    with pytest.raises(SystemExit, match="an even number"):
        replies.main(["--replies=3"])
    with pytest.raises(SystemExit, match="between 1 and 100"):
        replies.main(["--at-once=101"])


def test_a_nudge_that_came_twice_is_counted_as_repeated() -> None:
    came = [Arrival(10.5, "a"), Arrival(11.0, "b"), Arrival(12.0, "a")]
    told = timing(came, due=10.0)
    assert (told.arrived, told.repeated) == (2, 1)
    assert (told.p50, told.last, told.rate) == (1.0, 2.0, 1.0)


def test_a_contestant_that_nobody_knows_is_named() -> None:
    with pytest.raises(SystemExit, match="no contestant 'carrier-pigeon'"):
        burst.main(["--only=carrier-pigeon"])


def test_what_is_not_installed_is_named_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(burst.NEEDS, "troth", "carrier_pigeon")
    with pytest.raises(SystemExit, match="carrier_pigeon is not installed here; run make bench"):
        burst.main(["--only=troth"])
