"""The units are sound: systemd reads them, and what they promise agrees with the program."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.units import FOLDER, INSTALLER, PROGRAM, SERVICES, command, seconds, value
from troth.inbound.inbox import JOIN_SECONDS
from troth.processes.child import START_SECONDS
from troth.processes.roles import STOP_SECONDS

MOST_EXPOSURE = 15  # tenths, of a hundred; a unit without any hardening has 96
EXAMPLES = [name.replace("@", "@8787") for name in SERVICES]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of units as the installer lays them out, with a program that is there."""
    root = tmp_path_factory.mktemp("root")
    program = root / "opt/venv/bin/troth"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    given = [INSTALLER, "--root", root, "--python-env", program.parent.parent]
    subprocess.run(list(map(str, given)), check=True, capture_output=True)
    units = root / "etc/systemd/system"
    for file in units.glob("*.service"):
        file.write_text(file.read_text().replace(PROGRAM, str(program)))
    return units


def analyze(laid_out: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd: apt install systemd")
    env = {**os.environ, "SYSTEMD_UNIT_PATH": f"{laid_out}:", "SYSTEMD_PAGER": ""}
    return subprocess.run(
        [program, *arguments], check=False, capture_output=True, text=True, env=env
    )


def test_systemd_finds_nothing_to_say_against_any_unit(laid_out: Path):
    done = analyze(laid_out, "verify", *EXAMPLES, "troth.target")
    ours = [line for line in done.stderr.splitlines() if "troth" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", EXAMPLES)
def test_no_unit_may_do_what_troth_need_not(laid_out: Path, unit: str):
    given = ("--offline=true", f"--threshold={MOST_EXPOSURE}", "--no-pager")
    done = analyze(laid_out, "security", *given, unit)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr


def test_every_role_has_a_unit():
    roles = {command(unit)[-1] for unit in SERVICES}
    assert roles == {"up", "clock", "worker", "web", "inbox", "migrate"}


@pytest.mark.parametrize("unit", ["troth.service", "troth-worker.service"])
def test_who_sends_is_given_the_time_to_finish(unit: str):
    assert seconds(unit, "TimeoutStopSec") > STOP_SECONDS
    assert value(unit, "KillMode") == "mixed"


def test_each_is_given_the_time_it_takes():
    assert seconds("troth-inbox.service", "TimeoutStopSec") > JOIN_SECONDS
    assert seconds("troth-worker.service", "TimeoutStartSec") > START_SECONDS
    assert seconds("troth-worker.service", "WatchdogSec") > START_SECONDS
    assert seconds("troth.service", "TimeoutStartSec") == float("inf")  # it migrates first


@pytest.mark.parametrize("unit", [unit for unit in SERVICES if "migrate" not in unit])
def test_what_runs_is_watched_and_always_comes_back(unit: str):
    assert value(unit, "Type") == "notify"
    assert seconds(unit, "WatchdogSec") >= 60
    assert value(unit, "Restart") == "always"


def test_a_start_is_tried_for_as_long_as_it_takes():
    common = (FOLDER / "common.conf").read_text()
    assert "StartLimitIntervalSec=0" in common
