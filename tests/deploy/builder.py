"""Builds the image with buildah, without any engine and without fetching a base image.

What the Dockerfile begins with is stood in for by Debian's own packages: the same release of Debian
and the same version of Python as in `python:3.13-slim-trixie`.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MIRROR = os.environ.get("DEBIAN_MIRROR")  # debootstrap knows one of its own
RELEASE = "trixie"
PACKAGES = ("ca-certificates", "python3", "python3-venv")
STAND_IN = "localhost/python-stand-in"
IMAGE = "localhost/troth"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Image:
    """A built image: what its Dockerfile set, and the folder with its files."""

    config: dict[str, Any]
    files: Path


@contextmanager
def built(folder: Path) -> Iterator[Image]:
    """The image of this checkout, built and unpacked below `folder`; some 3 GB for the time."""
    _make_stand_in(folder)
    _buildah(
        folder,
        *("bud", "--isolation=chroot", "--format=docker", "--layers=false", "--pull-never"),
        *(f"--build-arg=PYTHON={STAND_IN}", f"--tag={IMAGE}", "--file=deploy/Dockerfile", "."),
    )
    container = _buildah(folder, "from", "--pull-never", IMAGE)
    try:
        yield Image(_config(folder), Path(_buildah(folder, "mount", container)))
    finally:
        _buildah(folder, "umount", container)


def _make_stand_in(folder: Path) -> None:
    base = folder / "base"
    options = ("--variant=minbase", f"--include={','.join(PACKAGES)}")
    _run("debootstrap", *options, RELEASE, base, *([MIRROR] if MIRROR else []))
    for name in ("python", "python3"):
        (base / "usr/local/bin" / name).symlink_to("/usr/bin/python3")
    container = _buildah(folder, "from", "scratch")
    _buildah(folder, "add", "--quiet", container, base, "/")
    if CERTIFICATES.exists():  # of this machine, which its network may need
        _buildah(folder, "add", "--quiet", container, CERTIFICATES, CERTIFICATES)
        trust = (f"--env=SSL_CERT_FILE={CERTIFICATES}", "--env=UV_SYSTEM_CERTS=true")
        _buildah(folder, "config", *trust, container)
    _buildah(folder, "commit", "--quiet", "--rm", container, STAND_IN)
    shutil.rmtree(base)


def _config(folder: Path) -> dict[str, Any]:
    told = json.loads(_buildah(folder, "inspect", "--type=image", IMAGE))
    config: dict[str, Any] = told["Docker"]["config"]
    return config


def _buildah(folder: Path, *arguments: str | Path) -> str:
    """Run buildah on a store of its own; return the last line that it printed, or its JSON."""
    store = (f"--root={folder / 'store'}", f"--runroot={folder / 'run'}")
    said = _run("buildah", *store, *arguments).strip()
    return said if said.startswith("{") else said.rpartition("\n")[2]


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(
            f"{_shown(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def _shown(command: Sequence[str | Path]) -> str:
    return " ".join(map(str, command))
