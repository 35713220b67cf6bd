"""A machine that runs systemd: a real one as PID 1, in namespaces of its own."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import Process

CHECKOUT = Path(__file__).resolve().parents[2]
BOOT = Path(__file__).with_name("boot.sh")
SYSTEMD = Path("/lib/systemd/systemd")
# Services may not look into homes, where this Python may lie; there it has another path.
PYTHON = f"""#!/bin/sh
export LD_LIBRARY_PATH=/opt/python/lib
exec /opt/python/bin/python{sysconfig.get_python_version()} "$@"
"""
TROTH = """#!/bin/sh
export PYTHONPATH=/opt/checkout/service:/opt/venv/lib/python/site-packages
exec /opt/venv/bin/python -m troth "$@"
"""
NO_NAMESPACES = "no systemd of the tests' own: only root with CAP_SYS_ADMIN may make its namespaces"


class Machine:
    """One machine; `run` runs a command on it, as root."""

    def __init__(self, folder: Path, process: Process, group: str) -> None:
        self.folder, self.state = folder, folder / "state"
        self.process, self._group = process, group

    def run(self, *command: str | Path, timeout: float = 60) -> str:
        """What a command on it printed; it must succeed."""
        done = self.tries(*command, timeout=timeout)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}{self.said()}"
        return done.stdout

    def tries(
        self, *command: str | Path, timeout: float = 60
    ) -> "subprocess.CompletedProcess[str]":
        inner = ["nsenter", f"--target={self.first()}", *["-m", "-p", "-u", "-i", "-C"], "--"]
        return subprocess.run(
            [*inner, *map(str, command)],
            check=False,
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd="/",
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        )

    def first(self) -> int:
        """The number that its PID 1 has outside of it; 0 while there is none."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int((children.read_text().split() or ["0"])[0])

    def show(self, unit: str, name: str) -> str:
        """One property of a unit, such as ActiveState."""
        return self.run("systemctl", "show", "--property", name, "--value", unit).strip()

    def kill(self, unit: str, signal: str) -> None:
        """Send a signal to the main process of a unit and to all that it has started."""
        self.run("systemctl", "kill", f"--signal={signal}", unit)

    def wait_for(self, unit: str, name: str, value: str, timeout: float = 60) -> None:
        """Return once a property of a unit has this value."""
        self.process.wait_until(
            lambda: self.show(unit, name) == value,
            f"{name}={value} of {unit}, but {self.tries('systemctl', 'status', unit).stdout}",
            timeout,
        )

    def said(self) -> str:
        """The end of what its services said."""
        return "\n".join(f"{file.name}: {file.read_text()[-3000:]}" for file in self._outs())

    def _outs(self) -> Iterator[Path]:
        return (self.folder / "out").glob("*")

    def wait_for_boot(self) -> None:
        self.process.wait_until(
            lambda: (
                self.first() > 0
                and self.tries("systemctl", "is-system-running").stdout.strip() == "running"
            ),
            "boot",
        )


@contextmanager
def booted(folder: Path, settings: str) -> Iterator[Machine]:
    """A machine whose services all have these lines of [Service] beside their own."""
    _check_surroundings()
    for name in ("state", "out"):
        (folder / name).mkdir()
    for name, script in (("python", PYTHON), ("troth", TROTH)):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    common = "[Service]\nStandardOutput=append:/opt/out/%N\nStandardError=inherit\n"
    (folder / "test.conf").write_text(f"{common}{settings}\n")
    group = f"troth-tests-{os.getpid()}-{folder.name}"
    given = [folder, CHECKOUT, sys.base_prefix, sysconfig.get_path("purelib")]
    environment = {"PATH": os.environ["PATH"], "GROUP": group}
    # It must not outlive the tests, however they end.
    leash = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", str(BOOT), *map(str, given)]
    process = Process(leash, environment)
    machine = Machine(folder, process, group)
    try:
        machine.wait_for_boot()
        yield machine
    finally:
        process.kill()
        _remove_group(group)


def _check_surroundings() -> None:
    if not SYSTEMD.exists():
        pytest.skip("no systemd: apt install systemd")
    tries = [
        "unshare",
        "--mount",
        "--pid",
        "--cgroup",
        "--fork",
        "mount",
        "-t",
        "tmpfs",
        "x",
        "/mnt",
    ]
    if shutil.which("unshare") is None or subprocess.run(tries, check=False).returncode:
        pytest.skip(NO_NAMESPACES)


def _remove_group(group: str) -> None:
    """Remove what control groups are left of it, which the kernel keeps."""
    find = f"find /mnt/{group} -depth -type d -exec rmdir {{}} +"
    ends = f"mount -t cgroup2 cgroup2 /mnt; until {find} 2>/dev/null; do sleep 0.05; done"
    command = ["unshare", "--mount", "sh", "-c", ends]
    subprocess.run(command, check=False, timeout=10)
