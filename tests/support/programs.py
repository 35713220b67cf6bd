"""Programs of the system that tests run, and files that those may read."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support import leash

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/rabbitmq/bin"])


def find(program: str, package: str) -> str:
    """Where a program lies; the test is skipped where it is missing."""
    found = shutil.which(program, path=PATH)
    if found is None:
        pytest.skip(f"no {program}: install {package}")
    return found


def owned(path: Path) -> Path:
    """A file or folder, handed to whoever servers run as."""
    if user := leash.account().get("user"):
        os.chown(path, user, -1)
    return path
