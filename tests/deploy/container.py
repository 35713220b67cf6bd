"""Runs an image's files as an engine would: its user, no rights, a root that can't be written.

The container sees its own processes and its own loopback, with no way out.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.deploy.builder import Image
from tests.support.processes import Process

ALONE = ("--mount", "--net", "--pid", "--fork", "--kill-child", "--propagation=private")
# $1 is the image's root, $2 the volume, $3 where it goes; what follows is run.
SETTLE = """
set -e
ip link set lo up
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
mount -t proc -o ro proc "$1/proc"
mount -t tmpfs -o mode=0755,size=64k tmpfs "$1/dev"
for device in null zero random urandom; do
    touch "$1/dev/$device"
    mount --bind "/dev/$device" "$1/dev/$device"
done
mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
mount --bind "$2" "$1$3"
root=$1
shift 3
exec setpriv --no-new-privs chroot --userspec="$USERSPEC" --groups= "$root" "$@"
"""


@dataclass(frozen=True)
class Container:
    """A started image."""

    process: Process
    image: Image

    @classmethod
    def start(cls, image: Image, volume: Path, command: Sequence[str] | None = None) -> Self:
        """Start it with `command`, or with its own."""
        config = image.config
        (kept,) = config["Volumes"]
        whole = [*config["Entrypoint"], *(config["Cmd"] if command is None else command)]
        within = [str(image.files), str(volume), kept, *_environment(config), *whole]
        env = {**os.environ, "USERSPEC": config["User"]}
        return cls(Process(["unshare", *ALONE, "sh", "-c", SETTLE, "sh", *within], env), image)

    def ask(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside it, as the same user: `docker exec`."""
        user, _, group = self.image.config["User"].partition(":")
        enter = ["nsenter", f"--target={self._pid()}", "--mount", "--net", "--pid", "--root"]
        enter += [f"--setuid={user}", f"--setgid={group}", *_environment(self.image.config)]
        return subprocess.run([*enter, *command], check=False, capture_output=True, text=True)

    def is_healthy(self) -> bool:
        """What the image's own HEALTHCHECK says; no, while it is not there yet."""
        if not self._children().read_text():
            return False
        kind, *command = self.image.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.ask(*command).returncode == 0

    def wait_until_healthy(self) -> None:
        self.process.wait_until(self.is_healthy, "good health", timeout=60)

    def stop(self, number: int) -> int:
        """Send it a signal, as an engine would, and return its exit code."""
        os.kill(self._pid(), number)
        return self.process.wait(timeout=60)

    def _pid(self) -> int:
        return int(self._children().read_text())

    def _children(self) -> Path:
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")


def _environment(config: dict[str, Any]) -> list[str]:
    return ["/usr/bin/env", "-i", f"--chdir={config['WorkingDir']}", *config["Env"]]
