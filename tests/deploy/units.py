"""The units as they are shipped, read as plain text."""

import re
import shlex
from pathlib import Path

from tests.support.processes import TROTH

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "deploy/systemd"
INSTALLER = CHECKOUT / "deploy/install.sh"
PROGRAM = "/opt/troth/current/bin/troth"
SERVICES = sorted(file.name for file in FOLDER.glob("*.service"))


def value(unit: str, key: str) -> str | None:
    """What a unit's own file says of a key, or None."""
    found = re.search(rf"^{key}=(.*)$", (FOLDER / unit).read_text(), re.MULTILINE)
    return found and found[1]


def seconds(unit: str, key: str) -> float:
    """A span of a unit, in seconds; infinite where it says so."""
    given = value(unit, key)
    assert given is not None, f"{unit} says nothing of {key}"
    if given == "infinity":
        return float("inf")
    number, word = re.fullmatch(r"(\d+)(min|s)?", given).groups()  # type: ignore[union-attr]
    return int(number) * (60 if word == "min" else 1)


def command(unit: str, instance: str = "1") -> list[str]:
    """What a unit runs, with the program of this checkout in place of the installed one."""
    given = value(unit, "ExecStart")
    assert given is not None
    words = shlex.split(given.replace("%i", instance))
    at = words.index(PROGRAM)
    return [*words[:at], *TROTH, *words[at + 1 :]]
