"""install.sh into a folder: once, again, and away; what is in the way is named with its mend."""

import shutil
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.units import INSTALLER
from tests.faults.sizes import FULL

Done = subprocess.CompletedProcess[str]
Install = Callable[..., Done]
ROOT = Path(__file__).parents[2]
# A Python that makes an environment of itself alone, and notes what is to be installed there.
PRETENDED = """#!/bin/sh
case "$*" in
*"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
*"-m pip "*) folder=${0%/bin/python} && echo "$*" >"$folder/asked" && touch "$folder/bin/troth" &&
    chmod +x "$folder/bin/troth" ;;
esac
"""
KEPT = {"etc/troth/troth.toml", "etc/troth/troth.env"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def install(root: Path, tmp_path: Path) -> Install:
    """Runs the installer into `root`, with an environment that has a program in it."""
    troth = tmp_path / "venv/bin/troth"
    troth.parent.mkdir(parents=True)
    troth.write_text("#!/bin/sh\n")
    troth.chmod(0o755)

    def run(
        *arguments: str | Path,
        python_env: Path | None = troth.parents[1],
        program: str | Path = INSTALLER,
    ) -> Done:
        given: list[str | Path] = [program, "--root", root]
        if python_env is not None and "--uninstall" not in arguments:
            given += ["--python-env", python_env]
        return subprocess.run(
            [*given, *arguments],
            check=False,
            capture_output=True,
            text=True,
        )

    return run


def files(root: Path) -> dict[str, bytes]:
    """What lies in a folder, links as what they lead to; not what keeps its lists of users."""
    found = [path for path in root.rglob("*") if path.is_symlink() or path.is_file()]
    named = {str(path.relative_to(root)): path for path in found}
    return {
        name: bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
        for name, path in named.items()
        if Path(name).name.lstrip(".").rstrip("-") not in {"passwd", "group", "shadow", "gshadow"}
        and not name.endswith("pwd.lock")
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_to_install_again_changes_nothing(install: Install, root: Path):
    assert "made a key" in install().stdout
    first = files(root)
    assert {"etc/systemd/system/multi-user.target.wants/troth.service", *KEPT} <= set(first)
    done = install()
    assert (done.returncode, files(root)) == (0, first)
    assert "made a key" not in done.stdout


def test_what_an_administrator_wrote_stays(install: Install, root: Path):
    install()
    settings = root / "etc/troth/troth.toml"
    settings.write_text("port = 8080\n")
    install()
    assert settings.read_text() == "port = 8080\n"


def test_the_key_is_for_root_alone_and_printed_nowhere(install: Install, root: Path):
    done = install()
    secrets = root / "etc/troth/troth.env"
    key = secrets.read_text().rpartition("TROTH_SECRET_KEY=")[2].strip()
    assert len(key) == 43
    assert key not in done.stdout + done.stderr
    assert mode(secrets) == 0o600
    assert mode(root / "etc/troth/troth.toml") == 0o640
    assert mode(root / "var/lib/troth") == 0o700


def test_a_cluster_takes_the_place_of_the_one_service(install: Install, root: Path):
    install()
    install("--cluster")
    wants = root / "etc/systemd/system/troth.target.wants"
    assert {"troth-clock@1.service", "troth-worker.service"} <= {p.name for p in wants.iterdir()}
    assert not (root / "etc/systemd/system/multi-user.target.wants/troth.service").is_symlink()


def test_to_uninstall_keeps_settings_key_and_data_and_says_so(install: Install, root: Path):
    install("--cluster")
    kept = {name: told for name, told in files(root).items() if name in KEPT}
    (root / "var/lib/troth/troth.db").write_text("data")
    done = install("--uninstall")
    assert done.returncode == 0, done.stderr
    left = files(root)
    assert left.pop("var/lib/troth/troth.db") == b"data"
    assert left.pop("usr/lib/sysusers.d/troth.conf")
    assert left == kept
    assert f"stay in {root}/etc/troth" in done.stdout
    install("--uninstall", "--purge")
    assert files(root) == {}


@pytest.mark.parametrize(
    "arguments, cause, mend",
    [
        (["--colour"], "there is no option --colour", "--help"),
        (["--wheel"], "--wheel needs a value", "--help"),
        (["--purge"], "--purge alone", "--uninstall"),
        (["--root", "/proc/none"], "can't be made", "choose one that you may write"),
        (["--root", ""], "--root needs a value", "--help"),
        (["--root", "/.", "--python-env", "env"], "names the machine itself", "leave it out"),
        (["--python-env", "env"], "does not begin with /", "the whole path"),
        (["--python-env", "/nowhere"], "there is no program", "leave out --python-env"),
    ],
)
def test_what_is_in_the_way_is_named_with_its_mend(
    install: Install, arguments: list[str], cause: str, mend: str
):
    done = install(*arguments)
    assert done.returncode == 1
    assert cause in done.stderr
    assert f"mend: {'see ' if mend == '--help' else ''}" in done.stderr
    assert mend in done.stderr


def test_where_cd_tells_where_it_went_the_checkout_is_found(
    install: Install, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(INSTALLER.parents[1])
    monkeypatch.setenv("CDPATH", str(INSTALLER.parents[1]))
    done = install(program="deploy/install.sh")
    assert done.returncode == 0, done.stderr


def test_without_a_good_python_nothing_is_half_installed(install: Install, root: Path):
    done = install("--python", "/bin/false", python_env=None)
    assert "is missing or older than 3.11; mend: give another" in done.stderr
    assert not (root / "opt/troth/current").is_symlink()


def test_the_program_has_all_that_is_optional_and_is_found_in_a_folder(
    install: Install, root: Path, tmp_path: Path
):
    python = tmp_path / "python"
    python.write_text(PRETENDED)
    python.chmod(0o755)
    done = install("--python", python, python_env=None)
    assert done.returncode == 0, done.stderr
    assert "systemctl start" not in done.stdout
    current = root / "opt/troth/current"
    assert (current / "bin/troth").is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = (current / "asked").read_text().rpartition("[")[2].rstrip("]\n").split(",")
    assert asked == sorted(project["optional-dependencies"])
    install("--python", python, python_env=None)
    left = [path.name for path in (root / "opt/troth").glob("env-*")]
    assert left == [str(current.readlink())] == ["env-2"]


def test_the_scripts_are_sound():
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("no shellcheck: apt install shellcheck")
    boot = Path(__file__).with_name("boot.sh")
    done = subprocess.run([program, INSTALLER, boot], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


if FULL:  # for it fetches every package

    def test_an_installed_checkout_runs(install: Install, root: Path):
        done = install("--python", sys.executable, python_env=None)
        assert done.returncode == 0, done.stderr
        environment = root / "opt/troth/env-1"
        said = subprocess.run(
            [environment / "bin/troth", "--version"], check=True, capture_output=True, text=True
        )
        assert said.stdout.startswith("troth ")
        install("--python", sys.executable, python_env=None)
        left = {path.name for path in (root / "opt/troth").iterdir()}
        assert left == {"current", "env-2"}
