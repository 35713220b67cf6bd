"""Builds the image and proves what is in it and that it runs: `make image` (minutes, as root).

It needs buildah and debootstrap (Debian: apt-get install buildah debootstrap), and no engine.
"""

import os
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.deploy.builder import Image, built
from tests.deploy.container import Container

TOOLS = ("buildah", "debootstrap", "unshare", "nsenter", "setpriv", "ip")
OWN = "opt/troth"
LEFT_BEHIND = ("src", "tools", f"{OWN}/bin/uv", f"{OWN}/bin/pip", f"{OWN}/bin/hatchling")
PARTS = "import gevent, psycopg, paho.mqtt.client, slixmpp, troth.greenlets"
ROLES = ("up", "clock", "worker", "web", "inbox", "migrate", "doctor")
NUDGED = (
    "import sys, urllib.request as r;"
    "sys.exit(b'/r/' not in r.urlopen('http://127.0.0.1:8787/', timeout=5).read())"
)


def main() -> None:
    """Build, look, run; end with the first thing that is not as it should be."""
    missing = [
        tool for tool in TOOLS if shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin") is None
    ]
    if missing or os.getuid() != 0:
        needs = f"needs {', '.join(missing) or 'root'}"
        sys.exit(f"image: {needs}; mend: as root, apt-get install buildah debootstrap iproute2")
    with tempfile.TemporaryDirectory(prefix="troth-image-") as name:
        folder = Path(name)
        _tell("building it on Debian's own packages (two minutes)")
        with built(folder) as image:
            _look(image)
            _run(image, folder)
    _tell("all is as it should be")


def _look(image: Image) -> None:
    _tell(f"its own part takes {_size(image.files / OWN) / 2**20:.0f} MB")
    assert [path for path in LEFT_BEHIND if (image.files / path).exists()] == []
    user = int(image.config["User"].partition(":")[0])
    (kept,) = image.config["Volumes"]
    writable = {f"/{path}" for path in _writable(image.files, user) if path[:4] != "dev/"}
    assert writable <= {"/tmp", "/var/tmp", "/run/lock", kept}, writable
    uncompiled = _uncompiled(image.files / OWN / "lib")
    assert uncompiled == [], uncompiled[:5]
    _tell("nothing of the build is left in it, nothing may be written, all is compiled")


def _run(image: Image, folder: Path) -> None:
    volume = folder / "volume"
    volume.mkdir(mode=0o700)
    user, _, group = image.config["User"].partition(":")
    os.chown(volume, int(user), int(group))
    for _ in range(2):
        _start_and_stop(image, volume)
        found = {path.relative_to(volume).as_posix() for path in volume.rglob("*")}
        assert found == {"data", "data.key", "data/troth.db", "data/troth.db.at-work"}, found
    _tell("`troth up` was healthy and stopped well, twice on one volume; it wrote nothing else")
    _play_the_demo(image, volume)
    _tell("the demo sent its first nudge")


def _start_and_stop(image: Image, volume: Path) -> None:
    container = Container.start(image, volume)
    try:
        container.wait_until_healthy()
        for role in ROLES:
            assert container.ask("troth", role, "--help").returncode == 0, role
        assert container.ask("python3", "-c", PARTS).returncode == 0
        assert container.ask("touch", "/opt/troth/mark").returncode != 0
        assert container.ask("python3", "-m", "troth.probe", "http://127.0.0.1:1/").returncode == 1
        assert container.stop(getattr(signal, image.config["StopSignal"])) == 0
    finally:
        container.process.kill()


def _play_the_demo(image: Image, volume: Path) -> None:
    container = Container.start(image, volume, ["up", "--demo"])
    try:
        container.wait_until_healthy()
        nudged = lambda: container.ask("python3", "-c", NUDGED).returncode == 0  # noqa: E731
        container.process.wait_until(nudged, "first nudge", timeout=120)
        assert container.stop(signal.SIGTERM) == 0
    finally:
        container.process.kill()


def _writable(root: Path, user: int) -> Iterator[str]:
    """The folders and files, relative to the root, that this user may write."""
    for folder, _, files in os.walk(root):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            mode = path.lstat()
            own = mode.st_uid == user or mode.st_gid == user
            if not stat.S_ISLNK(mode.st_mode) and (own or mode.st_mode & stat.S_IWOTH):
                yield path.relative_to(root).as_posix()


def _uncompiled(folder: Path) -> list[Path]:
    return [
        module
        for module in folder.rglob("*.py")
        if not list((module.parent / "__pycache__").glob(f"{module.stem}.*.pyc"))
    ]


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


def _tell(text: str) -> None:
    print(f"image: {text}", flush=True)  # noqa: T201 - who waits for minutes wants to see something


if __name__ == "__main__":
    main()
