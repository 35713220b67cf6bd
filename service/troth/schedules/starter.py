"""The starter: a small schedules folder and settings, written for a new couple."""

from pathlib import Path

from troth.errors import TrothError
from troth.schedules.shipped import shipped_schedules

STARTER = "starter"


def write_starter(folder: Path) -> list[Path]:
    """Copy the starter into `folder` and return what was written; never overwrites anything."""
    source = shipped_schedules() / STARTER
    files = sorted(file for file in source.rglob("*.toml"))
    targets = {file: folder / file.relative_to(source) for file in files}
    taken = [target for target in targets.values() if target.exists()]
    if taken:
        raise TrothError(f"{taken[0]} is there already; choose an empty folder: troth init DIR")
    try:
        for file, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise TrothError(f"{folder} can't be written: {error.strerror}") from error
    return list(targets.values())
