"""What is handed out: the wheel, built from this checkout and installed where nothing else is."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def uv():
    """Runs uv in the checkout and returns what it printed."""
    own = CHECKOUT / ".tools" / "bin" / "uv"
    program = own if own.exists() else shutil.which("uv")
    if program is None:
        pytest.skip("no uv: run the tests by make")

    def run(*arguments):
        command = [program, "--quiet", *arguments]
        done = subprocess.run(command, check=False, cwd=CHECKOUT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def wheel(uv, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--python", sys.executable, "--out-dir", folder)
    (path,) = folder.glob("troth-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(uv, wheel, tmp_path_factory):
    """The folder of programs of an environment that holds the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("installed")
    locked = folder / "locked.txt"
    uv("export", "--frozen", "--no-default-groups", "--no-emit-project", "--output-file", locked)
    uv("venv", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    uv("pip", "install", "--python", python, "--constraint", locked, wheel)
    return python.parent


def test_the_wheel_carries_code_types_and_schedules(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {"troth/__init__.py", "troth/py.typed"} <= set(names)
    shipped = {f"troth/shipped/{file}" for file in _files_below(CHECKOUT / "schedules")}
    assert shipped == {name for name in names if name.startswith("troth/shipped/")}
    assert not [name for name in names if name.startswith("tests/")]


def test_an_installed_wheel_starts_and_stops_politely(
    installed, start_process, free_port, tmp_path
):
    home = tmp_path / "home"

    def troth(*arguments, cwd=tmp_path):
        return start_process(
            installed / "troth",
            *arguments,
            cwd=cwd,
            TROTH_DATA=str(tmp_path / "data"),
            TROTH_PORT=str(free_port),
        )

    init = troth("init", home)
    assert init.wait() == 0, init.output
    check = troth("check", home / "schedules")
    assert check.wait() == 0, check.output

    up = troth("up", cwd=home)
    up.wait_for_line("Troth is up for 1 couple")

    def ready():
        try:
            return httpx.get(f"http://127.0.0.1:{free_port}/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    up.wait_until(ready, "200 from /readyz")
    assert up.terminate() == 0, up.output


def _files_below(folder):
    return (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
